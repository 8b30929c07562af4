# Sourced by quickstart and check: what both need on the machine. Everything is skipped when it is there.
#   ARGENT_BUILD  the build folder (default: build)
#   ARGENT_VENV   the virtual environment (default: venv in the build folder)

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
ARGENT_BUILD=$(realpath -m "${ARGENT_BUILD:-build}")
ARGENT_VENV=$(realpath -m "${ARGENT_VENV:-$ARGENT_BUILD/venv}")
python=/usr/bin/python3 # a python3 that comes first in PATH may lack venv

build_packages=(build-essential g++ git ninja-build ccache python3 python3-venv
  llvm-22-dev libmlir-22-dev mlir-22-tools llvm-22-tools liblld-22-dev zlib1g-dev libpng-dev libzstd-dev
  libflatbuffers-dev flatbuffers-compiler libgtest-dev libcli11-dev nlohmann-json3-dev libbenchmark-dev
  dataset-fashion-mnist)
test_packages=(qemu-user-static g++-aarch64-linux-gnu libc6-dev-arm64-cross clang-22 libclang-rt-22-dev)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$*"; exit 1; }

# Names of those packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# install_packages NAME...: with apt-get, as root or through sudo.
install_packages() {
  command -v dpkg-query >/dev/null || fail "this is no Debian: install the equivalents of these packages, then build as README.md says: $*"
  local missing root=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "packages are missing and there is no sudo; as root, run: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 ||
    say "apt-get update failed (no network?); going on with the lists that are here"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 ||
    fail "apt-get could not install ${missing[*]}: is the network there, and is this Debian 12 with its security updates (llvm-22 comes with them)?"
}

# install_python FILE...: the pinned versions of these requirements, in the virtual environment.
install_python() {
  local file stamp
  for file in "$@"; do
    stamp=$ARGENT_VENV/.argent-$(basename "$file")
    cmp -s "$file" "$stamp" && continue
    [ -x "$ARGENT_VENV/bin/python" ] || "$python" -m venv "$ARGENT_VENV" ||
      fail "cannot make a virtual environment in $ARGENT_VENV (package python3-venv)"
    say "installing $(grep -v '^#' "$file" | tr '\n' ' ')"
    "$ARGENT_VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r "$file" >&2 ||
      fail "pip could not install $file: is the network there?"
    cp "$file" "$stamp"
  done
}

# build TARGET...: configures once; ninja sees to the rest.
build() {
  if [ ! -f "$ARGENT_BUILD/build.ninja" ]; then
    "$ARGENT_VENV/bin/cmake" -S . -B "$ARGENT_BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release -DARGENT_VENV="$ARGENT_VENV" >&2 ||
      fail "cmake failed; its messages are above"
  fi
  ninja -C "$ARGENT_BUILD" "$@" >&2 || fail "the build failed; the compiler's messages are above"
}

programs=(dialects/all frontends/all compiler/all runtime/all tools/all)
