#!/bin/sh
# Runs a docker daemon of the test bed's own until standard input ends.
# $1 directory for all that it keeps, $2 address pool, as the first two numbers of its addresses, $3 a network namespace of its own, or nothing
set -eu
bed=$1
pool=$2
network=${3:-}

# One bed on a machine: other test processes wait here. The lock ends with this script, not with what it starts.
exec 9>"$bed.lock"
flock -w 900 9 || { echo "another test bed held $bed.lock for 15 minutes" >&2; exit 1; }

is_ours() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF -- " $bed/"; }

# A dead process whose parent has not noticed yet counts as gone.
until_gone() {
  for _ in $(seq 300); do
    grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status" || return 0
    sleep 0.1
  done
  return 1
}

end_daemon() {
  pid=$(cat "$bed/docker.pid" 2>/dev/null) || return 0
  is_ours "$pid" || return 0
  containers=$(timeout 20 docker -H "unix://$bed/docker.sock" ps -aq) || containers=
  # shellcheck disable=SC2086 # one word for each container
  [ -z "$containers" ] || docker -H "unix://$bed/docker.sock" rm -f $containers >/dev/null
  timeout 20 docker -H "unix://$bed/docker.sock" network prune -f >/dev/null || :
  kill "$pid"
  until_gone "$pid" || kill -KILL "$pid"
}

# containerd, its shims and the containers' processes outlive a daemon that was killed.
end_leftovers() {
  {
    grep -lsaF "$bed/" /proc/[0-9]*/cmdline || :
    grep -lsF "/${bed##*/}/" /proc/[0-9]*/cgroup || :
  } | cut -d/ -f3 | sort -u | while read -r pid; do
    case $(cat "/proc/$pid/comm" 2>/dev/null) in
      grep | sh | sudo | setsid) continue ;;
    esac
    kill -KILL "$pid" 2>/dev/null || continue
    until_gone "$pid" || :
  done
  busybox ip -o addr | awk -v pool="$pool." 'index($4, pool) == 1 { print $2 }' | sort -u | while read -r bridge; do
    busybox ip link delete "$bridge" || :
  done
  awk -v bed="$bed/" 'index($2, bed) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
    umount -l "$mount"
  done
}

remove_users() {
  rm -f "/etc/sudoers.d/${bed##*/}"
  awk -F: -v home="$bed/home/" 'index($6, home) == 1 { print $1 }' /etc/passwd | while read -r name; do
    userdel --force "$name" 2>/dev/null
  done
}

# Two ends of a wire: this machine has .255.1, the server .255.2.
make_network() {
  ip netns add "$network"
  ip link add "${network}0" type veth peer name "${network}1" netns "$network"
  ip addr add "$pool.255.1/30" dev "${network}0"
  ip link set "${network}0" up
  ip -n "$network" addr add "$pool.255.2/30" dev "${network}1"
  ip -n "$network" link set "${network}1" up
  ip -n "$network" link set lo up
}

remove_network() {
  [ -n "$network" ] || return 0
  ip link delete "${network}0" 2>/dev/null || :
  [ ! -e "/run/netns/$network" ] || ip netns delete "$network"
}

clear_bed() {
  remove_users
  end_daemon
  end_leftovers
  remove_network
  rm -rf "$bed"
}

fail() {
  tail -n 5 "$bed/docker.log" >&2
  clear_bed
  exit 1
}

clear_bed
mkdir -p "$bed"
chmod 755 "$bed"
if [ ! -e /sys/fs/cgroup/cgroup.controllers ] && [ ! -d /sys/fs/cgroup/devices ]; then
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
# No docker0: the machine's own daemon may have it. Compose makes networks of its own anyway.
inside=
if [ -n "$network" ]; then
  make_network
  inside="nsenter --net=/run/netns/$network"
fi
# shellcheck disable=SC2086 # a program and its argument, or nothing
$inside dockerd --data-root "$bed/data" --exec-root "$bed/exec" --pidfile "$bed/docker.pid" --host "unix://$bed/docker.sock" --group docker \
  --bridge none --cgroup-parent "/${bed##*/}" --default-address-pool "base=$pool.0.0/16,size=24" >"$bed/docker.log" 2>&1 </dev/null 9>&- &
daemon=$!
trap '' INT TERM HUP PIPE
for _ in $(seq 300); do
  kill -0 "$daemon" 2>/dev/null || fail
  if docker -H "unix://$bed/docker.sock" version >/dev/null 2>&1; then
    echo ready
    cat >/dev/null || :
    clear_bed
    exit 0
  fi
  sleep 0.1
done
fail
