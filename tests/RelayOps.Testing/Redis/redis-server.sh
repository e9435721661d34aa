#!/bin/sh
# Runs a Redis until standard input ends. $1 its directory with redis.conf, $2 "keep" or "delete" the directory then.
dir=$1
redis-server "$dir/redis.conf" >>"$dir/redis.log" 2>&1 </dev/null &
server=$!
trap '' INT TERM HUP PIPE
finish() {
  kill -KILL "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  # Somebody may have stopped it and started it again.
  again=$(cat "$1/redis.pid" 2>/dev/null)
  case $again:$(cat "/proc/$again/comm" 2>/dev/null) in [0-9]*:redis-server*) kill -KILL "$again" ;; esac
  [ "$2" = keep ] || rm -rf "$1"
}
for _ in $(seq 1500); do
  if ! kill -0 "$server" 2>/dev/null; then
    tail -n 5 "$dir/redis.log" >&2
    finish "$@"
    exit 1
  fi
  # An answer is enough, be it that a password is wanted; while it loads, it is not ready.
  case $(redis-cli -s "$dir/redis.sock" ping 2>&1) in
    PONG* | *NOAUTH*)
      echo ready
      cat >/dev/null
      finish "$@"
      exit 0
      ;;
  esac
  sleep 0.02
done
finish "$@"
exit 1
