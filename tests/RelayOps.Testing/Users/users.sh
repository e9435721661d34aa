#!/bin/sh
# Creates the users of the machine that plays the server; $1 is the bed's directory, $2 ends their names, $3 is compose. docker-daemon.sh removes them.
set -eu
bed=$1
suffix=$2
compose=$3
mkdir -p "$bed/home" "$bed/busybox"

add() {
  name=$1$suffix
  shift
  home=$bed/home/$name
  # '*' is no password and no lock: sshd takes the key of a user with it.
  useradd --no-create-home --home-dir "$home" --shell /bin/bash --password '*' "$@" "$name"
  mkdir -m 755 "$home"
  # bash reads this in every command that sshd has it run.
  printf 'export DOCKER_HOST=%s\n' "unix://$bed/docker.sock" >"$home/.bashrc"
}

add relay-docker --groups docker
add relay-sudo
add relay-busybox --groups docker

plugin=$bed/home/relay-docker$suffix/.docker/cli-plugins/docker-compose
mkdir -p "${plugin%/*}"
if [ "$compose" != docker-compose ]; then
  ln -s "$compose" "$plugin"
else
  # Debian 12 has no compose plugin: this one has the older program do the work.
  cat >"$plugin" <<'PLUGIN'
#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then
  echo '{"SchemaVersion":"0.1.0","Vendor":"RelayOps","Version":"1.29.2","ShortDescription":"docker-compose as a plugin"}'
  exit
fi
shift
exec docker-compose "$@"
PLUGIN
  chmod 755 "$plugin"
fi

# shellcheck disable=SC2016 # expanded by the user's shell
printf 'export PATH=%s:$PATH\n' "$bed/busybox" >>"$bed/home/relay-busybox$suffix/.bashrc"
busybox=$(command -v busybox)
for applet in $(busybox --list); do
  ln -s "$busybox" "$bed/busybox/$applet"
done

cat >"/etc/sudoers.d/${bed##*/}" <<SUDOERS
Defaults:relay-sudo$suffix env_keep += "DOCKER_HOST", !requiretty
relay-sudo$suffix ALL=(ALL) NOPASSWD: ALL
SUDOERS
chmod 440 "/etc/sudoers.d/${bed##*/}"
for name in relay-docker relay-sudo relay-busybox; do
  chown -R "$name$suffix:" "$bed/home/$name$suffix"
done
