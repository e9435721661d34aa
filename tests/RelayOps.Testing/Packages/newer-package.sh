#!/bin/sh
# Puts the newest package of a name, of this distribution, below a directory of its own and installs nothing: from the mirror, the keys and
# with the proxy that apt is configured with, from the suite that is still being made. $1 directory, $2 package, $3 a program in it.
set -eu
target=$1 package=$2 program=$3
exec 9>"$target.lock"
flock -w 600 9
[ ! -x "$target/$program" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
. /etc/os-release
case $ID in
  debian) origin=Debian suite='sid main' keys=/usr/share/keyrings/debian-archive-keyring.gpg ;;
  ubuntu) origin=Ubuntu suite='devel main universe' keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
  *) echo "no suite of $ID is known that has a newer $package" >&2; exit 1 ;;
esac
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Origin: $origin" | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no mirror of $origin" >&2; exit 1; }
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
: >"$work/state/status"
printf 'deb [signed-by=%s arch=%s] %s %s\n' "$keys" "$(dpkg --print-architecture)" "$mirror" "$suite" >"$work/list"
set -- -qq -o Dir::State="$work/state" -o Dir::State::lists="$work/state/lists" -o Dir::State::status="$work/state/status" -o Dir::Cache="$work/cache" \
  -o Dir::Etc::sourcelist="$work/list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Acquire::Languages=none \
  -o APT::Sandbox::User= -o Acquire::Retries=3
apt-get "$@" update
(cd "$work" && apt-get "$@" download "$package")
dpkg-deb -x "$work/$package"_*.deb "$work/unpacked"
rm -rf "$target"
mv "$work/unpacked" "$target"
