#!/usr/bin/env bash
# Writes the hash-locked requirement files from pyproject.toml, for every platform and Python at once.
# Versions that a file already holds stay where they are unless UPGRADE=1.
# Neither a registry address nor a path of this machine may enter the files: the last step looks.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
[ -x "$uv" ] || { echo "tools/lock.sh needs $uv: run make setup first" >&2; exit 1; }
upgrade=()
[ -z "${UPGRADE:-}" ] || upgrade=(--upgrade)

compile() { # compile OUTPUT ARGUMENTS…
  local output=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
    "${upgrade[@]}" "$@" --output-file "$output"
}

compile requirements/runtime.txt pyproject.toml --group build
compile requirements/dev.txt pyproject.toml --group build --group dev --constraint requirements/runtime.txt
compile clients/python/generator.txt clients/python/generator.in

if grep -nE '://|^-|^ *(-f|-i) |/home/|/root/|/tmp/' requirements/*.txt clients/python/generator.txt; then
  echo "tools/lock.sh: the lines above name an address or a path, which no lock may" >&2
  exit 1
fi
