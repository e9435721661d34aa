#!/bin/sh
# Makes the fixtures anew: ./make.sh NAME REDIS-SERVER REDIS-CLI [MODULE.so]
# Each NAME.rdb comes from a real server of that version; NAME.json says what that server itself counted before it saved.
# A module is tests/modules/datatype.so of the server's own sources.
set -eu
name=$1 server=$2 cli=$3 module=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
"$server" --port 0 --unixsocket "$work/s" --dir "$work" --save '' --daemonize no ${module:+--loadmodule "$module" --enable-debug-command yes} >"$work/log" 2>&1 &
pid=$!
r() { "$cli" -s "$work/s" "$@"; }
until r PING >/dev/null 2>&1; do kill -0 "$pid"; done
version=$(r INFO server | tr -d '\r' | sed -n 's/^redis_version://p')
major=${version%%.*}
minor=$(echo "$version" | cut -d. -f2)
at_least() { [ "$major" -gt "$1" ] || { [ "$major" -eq "$1" ] && [ "$minor" -ge "$2" ]; }; }
noise() { awk -v seed="$1" -v n="$2" 'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%c", 33 + int(rand() * 94) }'; }

# Strings: every width of integer, short, compressible, not compressible, binary, empty.
for v in 0 -1 127 128 -32768 70000 2147483647 2147483648 12345678901234567890 3.25; do echo "SET number:$v $v"; done | r >/dev/null
r SET text:short hello >/dev/null
r SET text:empty '' >/dev/null
noise 1 3000 | r -x SET text:noise >/dev/null
printf '%05000d' 0 | r -x SET text:zeros >/dev/null
printf '\000\377\r\n\000' | r -x SET text:binary >/dev/null
r SET nocolon 1 >/dev/null
r SET "$(noise 2 20)$(noise 3 20):weird" 1 >/dev/null
r SET "session:$(printf '%064d' 7)" token EX 100000000 >/dev/null

# Collections, small ones packed and large ones not.
for i in $(seq 1 40); do echo "RPUSH list:small $i item-$i -$i 1234567$i"; done | r >/dev/null
for i in $(seq 1 30); do r RPUSH list:large "$(noise "$i" 100)" "$(printf '%0300d' "$i")" >/dev/null; done
for i in $(seq 1 20); do echo "SADD set:int16 $i"; echo "SADD set:int32 $((i * 70000))"; echo "SADD set:int64 $((i * 5000000000))"; done | r >/dev/null
for i in $(seq 1 20); do echo "SADD set:text member-$i"; done | r >/dev/null
for i in $(seq 1 300); do echo "SADD set:large member-$i $i"; done | r >/dev/null
for i in $(seq 1 20); do echo "ZADD zset:small $i.5 member-$i"; done | r >/dev/null
for i in $(seq 1 200); do echo "ZADD zset:large $((i * 37)).25 member-$i"; done | r >/dev/null
echo 'ZADD zset:large -inf low +inf high 1e300 big 17 whole' | r >/dev/null
for i in $(seq 1 20); do echo "HSET apikey:0a1b2c3d-$i name key-$i"; echo "HSET apikey:0a1b2c3d-$i count $i"; done | r >/dev/null
for i in $(seq 1 20); do echo "HSET usage:daily:0a1b2c3d:2025-08-$i n $i"; echo "EXPIRE usage:daily:0a1b2c3d:2025-08-$i 100000000"; done | r >/dev/null
for v in 1 -1 127 -128 4095 -4096 32767 -32768 8388607 -8388608 2147483647 9007199254740993; do echo "HSET hash:numbers f$v $v"; done | r >/dev/null
r HSET hash:strings middle "$(noise 5 60)" >/dev/null
for i in $(seq 1 520); do echo "HSET hash:large field-$i value-$i"; done | r >/dev/null
r HSET hash:long field "$(noise 6 900)" >/dev/null
r CONFIG SET hash-max-ziplist-value 20000 >/dev/null
r HSET hash:wide middle "$(noise 7 700)" large "$(noise 8 5000)" >/dev/null

if at_least 5 0; then
  for i in $(seq 1 150); do echo "XADD billing:events 1700000000000-$i id $i cost 0.$i"; done | r >/dev/null
  echo 'XADD billing:events 1700000000001-1 other fields here 12 third x' | r >/dev/null
  echo 'XDEL billing:events 1700000000000-3 1700000000000-140' | r >/dev/null
  echo 'XGROUP CREATE billing:events readers 0' | r >/dev/null
  echo 'XREADGROUP GROUP readers first COUNT 5 STREAMS billing:events >' | r >/dev/null
  echo 'XREADGROUP GROUP readers second COUNT 3 STREAMS billing:events >' | r >/dev/null
  echo 'XACK billing:events readers 1700000000000-1' | r >/dev/null
  echo 'XGROUP CREATE stream:empty readers $ MKSTREAM' | r >/dev/null
fi
if at_least 7 0; then
  printf '#!lua name=lib\nredis.register_function("f", function() return 1 end)\n' | r -x FUNCTION LOAD >/dev/null
fi
if at_least 7 4; then
  for i in $(seq 1 5); do echo "HSET hfe:small a 1 b 2 c 3"; echo "HPEXPIREAT hfe:small 4000000000000 FIELDS 2 a b"; done | r >/dev/null
  for i in $(seq 1 520); do echo "HSET hfe:large field-$i value-$i"; done | r >/dev/null
  echo 'HPEXPIREAT hfe:large 4000000000000 FIELDS 2 field-1 field-2' | r >/dev/null
  echo 'HPEXPIREAT hfe:large 4000000001000 FIELDS 1 field-3' | r >/dev/null
fi
if [ -n "$module" ]; then
  r DEBUG QUICKLIST-PACKED-THRESHOLD 200b >/dev/null
  r RPUSH list:plain "$(noise 9 400)" small >/dev/null
  r datatype.set module:value 42 text >/dev/null
fi
r -n 3 SET claude:account:0a1b2c3d x PX 100000000000 >/dev/null
r -n 15 SET other:database 1 >/dev/null
case $name in *-lfu) r CONFIG SET maxmemory-policy allkeys-lfu >/dev/null ;; *) r CONFIG SET maxmemory-policy allkeys-lru >/dev/null ;; esac

keyspace=$(r INFO keyspace | tr -d '\r' | sed -n 's/^db\([0-9]*\):keys=\([0-9]*\),expires=\([0-9]*\).*/    "\1": { "keys": \2, "expiring": \3 },/p')
functions=0
if at_least 7 0; then functions=1; fi
r SAVE >/dev/null
cp "$work/dump.rdb" "$here/$name.rdb"
printf '{\n  "rdbVersion": %d,\n  "redisVersion": "%s",\n  "functions": %d,\n  "databases": {\n%s\n  }\n}\n' \
  "$(head -c 9 "$work/dump.rdb" | tail -c 4 | sed 's/^0*//')" "$version" "$functions" "${keyspace%,}" >"$here/$name.json"
