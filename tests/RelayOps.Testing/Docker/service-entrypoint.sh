#!/bin/sh
# Stands in for the relay service: starts and stops as it does, writes what it writes, and answers /health and /api.
set -eu
for name in JWT_SECRET ENCRYPTION_KEY; do
  eval "value=\${$name:-}"
  if [ -z "$value" ]; then
    echo "error: environment variable $name is not set"
    exit 1
  fi
done
cd /app
mkdir -p data logs

now() { date -u +%Y-%m-%dT%H:%M:%S.000Z; }

say() {
  line="$(date -u '+%Y-%m-%d %H:%M:%S') [INFO]: $*"
  echo "$line"
  echo "$line" >>"logs/claude-relay-$(date -u +%F).log"
}

random() { tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"; }

# What is there wins over the environment: a changed ADMIN_PASSWORD has no effect (the service's own setup.js).
if [ ! -f data/init.json ]; then
  cat >data/init.json <<JSON
{
  "initializedAt": "$(now)",
  "adminUsername": "${ADMIN_USERNAME:-cr_admin_$(random 8)}",
  "adminPassword": "${ADMIN_PASSWORD:-$(random 16)}",
  "version": "1.0.0"
}
JSON
fi

if ! timeout 5 relay-redis ping | grep -q PONG; then
  say "redis is not there"
  exit 1
fi
user=$(sed -n 's/.*"adminUsername": "\(.*\)".*/\1/p' data/init.json)
relay-redis hset session:admin_credentials username "$user" passwordHash "\$2b\$10\$$(random 53)" createdAt "$(now)" lastLogin '' >/dev/null
relay-redis set system:migration:usage_index_v2 "$(now)" >/dev/null
say "admin credentials loaded from init.json: $user"

nc -ll -p "${PORT:-3000}" -e relay-answer &
server=$!
# A graceful stop forgets who was being served.
stop() {
  relay-redis --scan --pattern 'concurrency:*' | while read -r key; do relay-redis del "$key" >/dev/null; done
  say "stopped"
  kill "$server"
  exit 0
}
trap stop TERM INT
say "listening on ${PORT:-3000}"
while kill -0 "$server" 2>/dev/null; do
  wait "$server" || :
done
