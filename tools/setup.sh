#!/bin/sh
# Makes .venv ready: tools/setup.sh runtime|dev. Does nothing when nothing has changed since the last run.
#
# Takes $PYTHON, else the newest Python 3.14 … 3.11 on PATH that really runs and can make a virtual
# environment; installs what requirements/KIND.txt locks by hash, as wheels, then Galleria itself in place.
# Nothing is compiled and nothing outside .venv is touched.
set -eu
cd "$(dirname "$0")/.."
kind=${1:?"usage: tools/setup.sh runtime|dev"}
lock=requirements/$kind.txt
stamp=.venv/.$kind
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_VIRTUALENV=0

# A command on PATH may be a shim that names no Python, or a Python without venv: so each is run.
usable() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
        >/dev/null 2>&1
}

find_python() {
    for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        if usable "$python"; then
            command -v "$python"
            return
        fi
    done
    cat >&2 <<'REMEDY'
Galleria needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module, and found none on PATH.
  Debian, Ubuntu   apt-get install python3 python3-venv
  Fedora           dnf install python3
  macOS            brew install python@3.13
A Python that is not on PATH: make setup PYTHON=/path/to/python3
REMEDY
    return 1
}

# What the environment depends on: this folder, its interpreter, the lock, the project's metadata.
fingerprint() {
    printf '%s\n' "$PWD"
    .venv/bin/python -V
    cat "$lock" pyproject.toml tools/setup.sh | cksum
}

if [ -f "$stamp" ] && usable .venv/bin/python && [ "$(fingerprint)" = "$(cat "$stamp")" ]; then
    exit 0
fi

# A virtual environment keeps absolute paths: one that was moved or lost its Python is made anew.
if ! usable .venv/bin/python || ! .venv/bin/pip --version >/dev/null 2>&1; then
    python=$(find_python)
    echo "Making .venv with $("$python" -V)"
    rm -rf .venv
    "$python" -m venv .venv
fi

echo "Installing $(grep -c '==' "$lock") locked packages from $lock"
rest=$(mktemp)
trap 'rm -f "$rest"' EXIT
# $1 is 1 for the lines of the lock that lock pyvips, 0 for all others.
lines() { awk -v wanted="$1" '/^[a-z0-9]/ { is = /^pyvips==/ } is == wanted' "$lock" >"$rest"; }

lines 0
.venv/bin/python -m pip install --quiet --no-compile --require-hashes --only-binary :all: -r "$rest"
# Its makers publish pyvips as source alone, in plain Python. Without a compiler it is taken as it is;
# the library itself is a wheel among the others.
lines 1
CC=false .venv/bin/python -m pip install --quiet --no-compile --require-hashes --no-deps \
    --no-build-isolation -r "$rest"
# The build tool came with the lock, so this step asks no registry for anything.
.venv/bin/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .

fingerprint >"$stamp"
