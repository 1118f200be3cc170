#!/usr/bin/env bash
# An S3 server over a folder, in the foreground on 127.0.0.1: tools/engines/s3.sh WORKDIR PORT
#
# versitygw (Apache-2.0), built once by the Go client from the module proxy and kept in the cache
# folder: 80 MB and about 90 s of two cores. One on PATH is taken as it is. The bucket is
# `galleria`, the keys come from S3_ACCESS_KEY and S3_SECRET_KEY.
set -euo pipefail
work=${1:?"usage: s3.sh WORKDIR PORT"} port=${2:?"usage: s3.sh WORKDIR PORT"}
version=v1.8.0
cache=${GALLERIA_ENGINES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/galleria/engines}/versitygw-$version

server=$(command -v versitygw || true)
if [ -z "$server" ]; then
  server=$cache/versitygw
  if [ ! -x "$server" ]; then
    go=$(PATH=$PATH:/usr/local/go/bin command -v go) || {
      echo "s3.sh needs Go 1.24 or later (https://go.dev/dl) to build versitygw, or versitygw on PATH" >&2
      exit 1
    }
    echo "Building versitygw $version, once" >&2
    mkdir -p "$cache"
    GOBIN=$cache "$go" install -p 2 "github.com/versity/versitygw/cmd/versitygw@$version"
  fi
fi

# The sidecar folder holds what would else need a file system with extended attributes.
mkdir -p "$work/data/galleria" "$work/sidecar"
export ROOT_ACCESS_KEY=${S3_ACCESS_KEY:-local-key} ROOT_SECRET_KEY=${S3_SECRET_KEY:-local-secret}
exec "$server" --port "127.0.0.1:$port" posix --sidecar "$work/sidecar" "$work/data"
