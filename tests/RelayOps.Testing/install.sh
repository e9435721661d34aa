#!/bin/sh
# Installs packages without starting their services. One at a time on a machine.
set -eu
exec 9>/run/relayops-install.lock
flock -w 900 9
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' INT TERM HUP
fi
apt-get update -qq
for package; do
  # Newer releases have packages of their own for what others put inside docker.io and redis-server.
  if apt-cache show "$package" >/dev/null 2>&1; then
    set -- "$@" "$package"
  fi
  shift
done
apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600 "$@" </dev/null 9>&-
