#!/usr/bin/env bash
# An OpenSearch of one node, in the foreground on 127.0.0.1: tools/engines/opensearch.sh WORKDIR PORT
#
# The core distribution, fetched once from Maven Central by Maven, as its configuration says, and kept
# in the cache folder (60 MB). Needs Java 17 or 21. Each start has its own settings and data under
# WORKDIR. OPENSEARCH_HEAP=512m is the heap.
set -euo pipefail
work=${1:?"usage: opensearch.sh WORKDIR PORT"} port=${2:?"usage: opensearch.sh WORKDIR PORT"}
heap=${OPENSEARCH_HEAP:-512m}
version=2.19.4
cache=${GALLERIA_ENGINES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/galleria/engines}
home=$cache/opensearch-$version

for command in java mvn python3; do
  command -v "$command" >/dev/null || {
    echo "opensearch.sh needs $command: apt-get install --no-install-recommends default-jre-headless maven" >&2
    exit 1
  }
done

if [ ! -d "$home" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/opensearch.lock"
  flock 9 # of two that start at once one waits for what the other fetches
  if [ ! -d "$home" ]; then
    echo "Fetching OpenSearch $version, once" >&2
    made=$(mktemp -d "$cache/opensearch.XXXXXX")
    trap 'rm -rf "$made"' EXIT
    distribution=org.opensearch.distribution.integ-test-zip:opensearch:$version:zip
    mvn -q -B dependency:get -Dtransitive=false -Dartifact="$distribution"
    mvn -q -B dependency:copy -Dartifact="$distribution" -DoutputDirectory="$made"
    python3 -m zipfile -e "$made/opensearch-$version.zip" "$made"
    chmod +x "$made/opensearch-$version"/bin/*
    mkdir -p "$made/opensearch-$version/plugins"
    mv "$made/opensearch-$version" "$home"
    rm -rf "$made"
    trap - EXIT
  fi
  exec 9>&-
fi

mkdir -p "$work"/{data,logs,tmp}
cp -r "$home/config" "$work/"
cat >"$work/config/opensearch.yml" <<YAML
cluster.name: local-$port
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: 0
path.data: $work/data
path.logs: $work/logs
cluster.routing.allocation.disk.threshold_enabled: false
YAML

as=()
if [ "$(id -u)" = 0 ]; then
  # It refuses to be root, and nobody else may look into root's folders.
  cp -r "$home" "$work/server"
  home=$work/server
  chown -R 65534:65534 "$work"
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
java=$(readlink -f "$(command -v java)")
exec "${as[@]}" env HOME="$work/tmp" OPENSEARCH_PATH_CONF="$work/config" \
  OPENSEARCH_TMPDIR="$work/tmp" OPENSEARCH_JAVA_HOME="${JAVA_HOME:-${java%/bin/java}}" \
  OPENSEARCH_JAVA_OPTS="-Xms$heap -Xmx$heap" "$home/bin/opensearch"
