#!/bin/sh
# Adds files that are hard to back up to the deployment $1.
set -eu
mkdir -p "$1/data/odd/empty directory" "$1/data.bak.20250701_030000"
echo old >"$1/data.bak.20250701_030000/init.json"
echo '[error] kept' >"$1/logs/claude-relay-error-2025-08-01.log"
cd "$1/data/odd"
mkfifo fifo
# A killed server leaves its socket. The relative name keeps it below the length that a socket's path may have.
redis-server --port 0 --unixsocket socket --save '' >/dev/null 2>&1 &
server=$!
for _ in $(seq 50); do
  [ ! -S socket ] || break
  sleep 0.02
done
kill -KILL "$server" 2>/dev/null || :
truncate -s 64M sparse
printf 'island' | dd of=sparse bs=1 seek=33554432 conv=notrunc 2>/dev/null
echo content >plain
ln plain 'hard link'
ln -s plain 'link sound'
ln -s nowhere 'link broken'
ln -s /etc/hostname 'link out'
echo secret >unreadable
chmod 000 unreadable
echo a >'two  blanks'
echo b >"quote's \"both\""
echo c >'line
end'
echo d >-dash
echo e >'名前 ñ'
echo f >"$(printf 'latin\351')"
# shellcheck disable=SC2016 # the name is meant as it stands
echo g >'$HOME `id` \backslash'
: >'empty file'
