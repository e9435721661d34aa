#!/bin/sh
# As the official image does it: /data belongs to redis (uid 999), and so does the process.
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
  set -- redis-server "$@"
fi
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis {} +
  exec setpriv --reuid=999 --regid=1000 --clear-groups -- "$0" "$@"
fi
if [ "$(umask)" = 0022 ]; then
  umask 0077
fi
# The official build has protected mode off.
case $1 in
  redis-server) exec "$@" --protected-mode no ;;
  *) exec "$@" ;;
esac
