#!/usr/bin/env bash
# Redis 7 from Debian's package, in the foreground on 127.0.0.1: tools/engines/redis.sh WORKDIR PORT
set -euo pipefail
work=${1:?"usage: redis.sh WORKDIR PORT"} port=${2:?"usage: redis.sh WORKDIR PORT"}
if ! command -v redis-server >/dev/null; then
  echo "redis.sh needs redis-server 7 or later: apt-get install --no-install-recommends redis-server" >&2
  exit 1
fi
mkdir -p "$work"
# As an operator should run it for the cache: bounded, least recently used out first.
exec redis-server --bind 127.0.0.1 --port "$port" --dir "$work" --daemonize no \
  --save "" --appendonly no --maxmemory 256mb --maxmemory-policy allkeys-lru
