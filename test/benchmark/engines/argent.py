"""Argent through its C interface, in process like the others. The session keeps what is carried from call to call."""
import ctypes
import os
import subprocess

import numpy as np

F32, I32 = 0, 4


class Tensor(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int), ("rank", ctypes.c_int32), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("data", ctypes.c_void_p)]


class Options(ctypes.Structure):
    _fields_ = [("max_batch", ctypes.c_int64), ("threads", ctypes.c_int32), ("training", ctypes.c_int32)]


def aligned(shape, kind=np.float32):
    """An array that begins at a multiple of 64 bytes, as a session wants it."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
    memory = np.zeros(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start:start + size].view(kind).reshape(shape)


def tensor(name, array):
    shape = (ctypes.c_int64 * array.ndim)(*array.shape)
    return Tensor(name.encode(), I32 if array.dtype == np.int32 else F32, array.ndim, shape, array.ctypes.data)


class load:
    def __init__(self, folder, name, mode, batch, threads):
        build = os.environ["ARGENT_BUILD"]
        self.library = ctypes.CDLL(os.path.join(build, "lib", "libargent.so"))
        for function in ("argent_module_error", "argent_session_error", "argent_session_parameter_path"):
            getattr(self.library, function).restype = ctypes.c_char_p
        self.library.argent_session_parameter_count.restype = ctypes.c_size_t
        self.library.argent_session_parameter_count.argtypes = [ctypes.c_void_p]
        self.library.argent_session_parameter_path.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self.library.argent_session_run.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]
        self.module, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.library.argent_module_open(os.path.join(folder, name + ".agb").encode(), ctypes.byref(self.module)), "module")
        options = Options(batch, threads, mode == "train")
        self.check(self.library.argent_session_create(self.module, ctypes.byref(options), ctypes.byref(self.session)), "session")
        self.check(self.library.argent_session_initialize(self.session, ctypes.c_uint64(1)), "session")
        self.write(dict(np.load(os.path.join(folder, name + ".npz"))))
        self.entry = b"train_step" if mode == "train" else b"predict"
        self.inputs = {port.name.decode() for port in self.ports(0)}
        self.outputs = self.output_ports(batch)
        # What the training loop gives besides the data: the first epoch, for ever; updates are counted, which Adam needs.
        self.given = {name: aligned(()) for name in ("epoch", "update", "@rate_scale") if name in self.inputs}
        if "@rate_scale" in self.given:
            self.given["@rate_scale"][...] = 1
        self.scalars = [tensor(port, value) for port, value in self.given.items()]
        version = subprocess.run([os.path.join(build, "bin", "argent"), "--version"], capture_output=True, text=True).stdout.split()
        self.version = version[-1] if version else "unknown"

    def check(self, status, handle):
        if status:
            error = getattr(self.library, f"argent_{handle}_error")(getattr(self, handle))
            raise RuntimeError(error.decode())

    def write(self, weights):
        """Every parameter and state of the module gets its value; a path on one side only is an error."""
        paths = [self.library.argent_session_parameter_path(self.session, i).decode()
                 for i in range(self.library.argent_session_parameter_count(self.session))]
        if set(paths) != set(weights):
            raise RuntimeError(f"parameters differ: {sorted(set(paths) ^ set(weights))[:6]}")
        held = {}
        for path, value in weights.items():
            held[path] = aligned(value.shape)
            held[path][...] = value
        tensors = (Tensor * len(held))(*[tensor(path, value) for path, value in held.items()])
        self.check(self.library.argent_session_write(self.session, tensors, ctypes.c_size_t(len(held))), "session")

    def ports(self, output):
        for i in range(self.library.argent_module_port_count(self.module, self.entry, output)):
            port = Tensor()
            self.check(self.library.argent_module_port(self.module, self.entry, output, i, ctypes.byref(port)), "module")
            yield port

    def output_ports(self, batch):
        self.arrays, tensors = [], []
        for port in self.ports(1):
            shape = [-extent * batch if extent < 0 else extent for extent in port.shape[:port.rank]]
            self.arrays.append(aligned(shape, np.int32 if port.type == I32 else np.float32))
            tensors.append(tensor(port.name.decode(), self.arrays[-1]))
        return (Tensor * len(tensors))(*tensors)

    def convert(self, inputs, labels):
        held, given = [], list(self.scalars)
        for name, value in {**inputs, **labels}.items():
            if name in self.inputs:  # labels are of train_step only
                held.append(aligned(value.shape, value.dtype))
                held[-1][...] = np.maximum(value, 0) if name in labels else value  # where the mask is 0, any class will do
                given.append(tensor(name, held[-1]))
        return (Tensor * len(given))(*given), held

    def reset(self):
        self.check(self.library.argent_session_reset_rows(self.session), "session")

    def step(self, batch):
        given, _ = batch
        status = self.library.argent_session_run(self.session, self.entry, given, len(given), self.outputs, len(self.outputs))
        if status:
            self.check(status, "session")
        if "update" in self.given:
            self.given["update"] += 1
        return self.arrays[0]

    def output(self, result):
        return np.array(result)
