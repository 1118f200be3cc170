#!/usr/bin/env bash
# An OpenSearch of one node, in the foreground on 127.0.0.1: tools/engines/opensearch.sh WORKDIR PORT
#
# The core distribution and the module with its analyzers, fetched once from Maven Central by Maven, as
# its configuration says, and kept in the cache folder (65 MB). Needs Java 17 or 21. Each start has its
# own settings and data under WORKDIR. OPENSEARCH_HEAP=512m is the heap.
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

put_together() { # put_together FOLDER: the server in FOLDER/opensearch-VERSION
  local made=$1 server=$1/opensearch-$version module=$1/opensearch-$version/modules/analysis-common
  local distribution=org.opensearch.distribution.integ-test-zip:opensearch:$version:zip jar
  mvn -q -B dependency:get -Dtransitive=false -Dartifact="$distribution"
  mvn -q -B dependency:copy -Dartifact="$distribution" -DoutputDirectory="$made"
  python3 -m zipfile -e "$server.zip" "$made"
  chmod +x "$server"/bin/*
  cat >"$made/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>module</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.opensearch.plugin</groupId><artifactId>analysis-common</artifactId>
    <version>$version</version>
  </dependency></dependencies>
</project>
XML
  mvn -q -B -f "$made/pom.xml" dependency:copy-dependencies -DoutputDirectory="$made/jars"
  mkdir -p "$module" "$server/plugins"
  for jar in "$made"/jars/*.jar; do
    # A class that is there twice keeps the server from starting.
    [ -e "$server/lib/${jar##*/}" ] || cp "$jar" "$module/"
  done
  cat >"$module/plugin-descriptor.properties" <<PROPERTIES
name=analysis-common
description=Analyzers of many languages
classname=org.opensearch.analysis.common.CommonAnalysisPlugin
version=$version
opensearch.version=$version
java.version=11
has.native.controller=false
PROPERTIES
}

if [ ! -d "$home" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/opensearch.lock"
  flock 9 # of two that start at once one waits for what the other fetches
  if [ ! -d "$home" ]; then
    echo "Fetching OpenSearch $version, once" >&2
    made=$(mktemp -d "$cache/opensearch.XXXXXX")
    trap 'rm -rf "$made"' EXIT
    put_together "$made"
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
  [ -d "$work/server" ] || cp -r "$home" "$work/server"
  home=$work/server
  chown -R 65534:65534 "$work"
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
java=$(readlink -f "$(command -v java)")
exec "${as[@]}" env HOME="$work/tmp" OPENSEARCH_PATH_CONF="$work/config" \
  OPENSEARCH_TMPDIR="$work/tmp" OPENSEARCH_JAVA_HOME="${JAVA_HOME:-${java%/bin/java}}" \
  OPENSEARCH_JAVA_OPTS="-Xms$heap -Xmx$heap" "$home/bin/opensearch"
