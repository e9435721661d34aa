#!/bin/sh
# Runs a registry on loopback until standard input ends. $1 its directory, $2 its port
set -eu
cat >"$1/config.yml" <<CONFIG
version: 0.1
log:
  level: error
storage:
  filesystem:
    rootdirectory: $1
http:
  addr: 127.0.0.1:$2
CONFIG
docker-registry serve "$1/config.yml" >"$1/registry.log" 2>&1 </dev/null &
registry=$!
trap '' INT TERM HUP PIPE
finish() {
  kill "$registry" 2>/dev/null || :
  wait "$registry" 2>/dev/null || :
  rm -rf "$1"
}
for _ in $(seq 300); do
  if ! kill -0 "$registry" 2>/dev/null; then
    tail -n 5 "$1/registry.log" >&2
    finish "$1"
    exit 1
  fi
  if busybox wget -q -O - "http://127.0.0.1:$2/v2/" >/dev/null 2>&1; then
    echo ready
    cat >/dev/null
    finish "$1"
    exit 0
  fi
  sleep 0.05
done
finish "$1"
exit 1
