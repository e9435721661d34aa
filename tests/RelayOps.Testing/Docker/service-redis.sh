#!/bin/sh
# redis-cli as the service is configured.
if [ "${REDIS_ENABLE_TLS:-}" = true ]; then
  set -- --tls --insecure "$@"
fi
if [ -n "${REDIS_PASSWORD:-}" ]; then
  export REDISCLI_AUTH="$REDIS_PASSWORD"
fi
exec redis-cli -h "${REDIS_HOST:-redis}" -p "${REDIS_PORT:-6379}" -n "${REDIS_DB:-0}" "$@"
