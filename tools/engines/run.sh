#!/usr/bin/env bash
# Runs a command with the real distributed engines beside it: tools/engines/run.sh COMMAND…
#
# Starts each engine at a free port of 127.0.0.1, says where by GALLERIA_TEST_…_URL, and demands by
# GALLERIA_REQUIRE that no test skips itself for lack of one. All of them, and what they wrote, are
# gone afterwards. GALLERIA_ENGINES="redis" takes fewer, and then demands nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { echo "usage: tools/engines/run.sh COMMAND…" >&2; exit 2; }

work=$(mktemp -d)
chmod 711 "$work" # an engine that refuses to be root must be able to reach its own folder
pids=()
finish() {
  [ "${#pids[@]}" -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait || true
  rm -rf "$work"
}
trap finish EXIT

python=$here/../../.venv/bin/python
[ -x "$python" ] || python=python3

free_port() {
  "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() { # start NAME PORT: until it takes connections; a first build may take minutes
  local name=$1 port=$2 pid
  # A second one of a kind is called KIND-2.
  "$here/${name%-[0-9]}.sh" "$work/$name" "$port" >"$work/$name.log" 2>&1 &
  pid=$!
  pids+=("$pid")
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "tools/engines/${name%-[0-9]}.sh ended:" >&2
      tail -n 20 "$work/$name.log" >&2
      exit 1
    fi
    sleep 0.1
  done
  echo "Started $name at port $port"
}

if [ -z "${GALLERIA_ENGINES:-}" ]; then
  export GALLERIA_REQUIRE=${GALLERIA_REQUIRE:+$GALLERIA_REQUIRE,}engines
fi
for name in ${GALLERIA_ENGINES:-redis s3 opensearch opensearch-2}; do
  port=$(free_port)
  start "$name" "$port"
  case $name in
    redis) export GALLERIA_TEST_REDIS_URL=redis://127.0.0.1:$port/0 ;;
    s3) export GALLERIA_TEST_S3_URL="http://${S3_ACCESS_KEY:-local-key}:${S3_SECRET_KEY:-local-secret}@127.0.0.1:$port/galleria" ;;
    opensearch) export GALLERIA_TEST_OPENSEARCH_URL=http://127.0.0.1:$port ;;
    opensearch-2) export GALLERIA_TEST_OPENSEARCH_2_URL=http://127.0.0.1:$port ;;
    *) echo "run.sh does not know how to name the address of $name" >&2; exit 2 ;;
  esac
done

"$@"
