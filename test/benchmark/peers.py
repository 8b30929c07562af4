"""Processes of engines, for `run` and `compile_times`."""
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = os.path.join(ROOT, "build", "peers", "bin", "python")


class Failure(Exception):
    """An engine, or the exporter, failed; the text is its last line."""


class TooLong(Failure):
    """An engine was not ready in time."""


class Worker:
    """worker.py with these arguments: a line of JSON in, a line of JSON out."""

    def __init__(self, python, environment, *arguments):
        self.log = tempfile.TemporaryFile("w+")
        # In a session of its own: torch.compile has processes, too, that end with it.
        self.process = subprocess.Popen([python, os.path.join(HERE, "worker.py"), *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, env=environment, start_new_session=True)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return self.reply()

    def reply(self, limit=None):
        """The next line. With a limit in seconds, a process that takes longer is ended."""
        end, line, output = None if limit is None else time.monotonic() + limit, b"", self.process.stdout.fileno()
        while not line.endswith(b"\n"):
            left = None if end is None else max(0, end - time.monotonic())
            if not select.select([output], [], [], left)[0]:
                self.kill()
                raise TooLong(f"not in {limit:g} s")
            part = os.read(output, 1 << 16)
            if not part:
                self.process.wait()
                self.log.seek(0)
                lines = [text.strip() for text in self.log.read().splitlines() if text.strip()]
                raise Failure(lines[-1] if lines else f"ended with status {self.process.returncode}")
            line += part
        return json.loads(line)

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def with_python_of_peers(options):
    """Goes on in the peers' Python, whose numpy models.py needs."""
    if options.python != sys.executable and not os.environ.get("ARGENT_PEERS"):
        os.execve(options.python, [options.python, *sys.argv], dict(os.environ, ARGENT_PEERS="1"))


def environment(options):
    """Of the engines' processes."""
    return dict(os.environ, ARGENT_BUILD=options.build, PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS=str(options.threads))


def add_options(parser):
    """What both tools take."""
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count()))
    parser.add_argument("--limit", type=float, default=120, help="seconds that an engine may take to prepare (default: 120)")
    parser.add_argument("--build", default=os.environ.get("ARGENT_BUILD", os.path.join(ROOT, "build")), help="where Argent is built")
    parser.add_argument("--python", default=PEERS if os.path.exists(PEERS) else sys.executable, help="the peers' Python")


def cpu_name():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    return names[0] if names else "unknown"
