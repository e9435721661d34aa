#!/bin/sh
# Removes every container that mounts something of a deployment, their networks, and its directory.
# $1 the daemon, $2 the directory. By mount and label, not by compose: a test may have damaged or renamed the compose file.
set -eu
export DOCKER_HOST="$1"
for id in $(docker ps -aq); do
  if docker inspect -f '{{json .Mounts}} {{json .Config.Labels}}' "$id" | grep -qF "$2"; then
    docker rm -f "$id" >/dev/null
  fi
done
docker network prune -f >/dev/null
if mountpoint -q "$2/redis_data" 2>/dev/null; then
  umount "$2/redis_data"
fi
rm -rf "$2"
