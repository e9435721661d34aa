#!/bin/sh
# Removes every container that mounts something of a deployment, their networks, and its directory.
# $1 the daemon, $2 the directory. By mount and label, not by compose: a test may have damaged or renamed the compose file. Nothing else's:
# other deployments run meanwhile, and a network whose containers are stopped looks like one that nobody uses.
set -eu
export DOCKER_HOST="$1"
networks=
for id in $(docker ps -aq); do
  described=$(docker inspect -f '{{json .Mounts}} {{json .Config.Labels}} {{range .NetworkSettings.Networks}}network={{.NetworkID}} {{end}}' "$id" 2>/dev/null) || continue
  case $described in
    *"$2"*)
      for word in ${described##*\}}; do
        case $word in network=?*) networks="$networks ${word#network=}" ;; esac
      done
      docker rm -f "$id" >/dev/null
      ;;
  esac
done
for network in $(printf '%s\n' $networks | sort -u); do
  # The machine's own, as "bridge", is none of compose's.
  if docker network inspect -f '{{index .Labels "com.docker.compose.project"}}' "$network" 2>/dev/null | grep -q .; then
    docker network rm "$network" >/dev/null
  fi
done
if mountpoint -q "$2/redis_data" 2>/dev/null; then
  umount "$2/redis_data"
fi
rm -rf "$2"
