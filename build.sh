#!/usr/bin/env bash
# Builds RelayOps when something changed, and runs it: ./build.sh [targets] [--parameters], ./build.sh --help
#
# RelayOpsDependencies=packages|bundled chooses the set of dependencies; without it the NuGet source is asked once.
set -euo pipefail

# Relative paths on the command line are the caller's; everything else happens where this script is.
export RELAYOPS_CALLER_DIRECTORY=$PWD
script=${BASH_SOURCE[0]}
while [[ -L $script ]]; do
  link=$(readlink "$script")
  [[ $link == /* ]] || link=$(dirname "$script")/$link
  script=$link
done
[[ $script == */* ]] && cd "${script%/*}"
root=$PWD
temp=$root/.nuke/temp

export NUKE_TELEMETRY_OPTOUT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A crash dump of .NET holds every secret of the run, as a core file does, which the run itself forbids.
export DOTNET_DbgEnableMiniDump=0 COMPlus_DbgEnableMiniDump=0
# Shells put a name, a start-up file and languages here, and NUKE would take them for its parameters --host, --env and --language.
unset HOST ENV LANGUAGE
# NUKE colours its output by the terminal's name alone.
[[ -z ${NO_COLOR:-} ]] || export TERM=dumb

# What only RelayOps itself needs to know is kept from everything that runs before it: the SDK's installer, NuGet, the compiler and what they start.
secrets=()
shopt -s nocasematch
for name in $(compgen -e); do
  plain=${name//_/}
  if [[ ${plain#[Nn][Uu][Kk][Ee]} =~ ^(SshKey|NewSshKey|SshKeyPassphrase|Identity|Passphrase|NewPassphrase|SignWith|GithubToken|Notify|Store)$ ]]; then
    secrets+=("$name")
    export -n "${name?}"
  fi
done
shopt -u nocasematch

fail() { # what, why, next
  printf '%s\n  why:  %s\n  next: %s\n' "$1" "$2" "$3" >&2
  exit "${4:-1}"
}

# A dotnet that can run what is built already. Whether it can build is asked only when that is needed.
find_dotnet() {
  if [[ -x $temp/dotnet-unix/dotnet ]]; then
    dotnet=$temp/dotnet-unix/dotnet
    export DOTNET_ROOT=$temp/dotnet-unix PATH=$temp/dotnet-unix:$PATH
  else
    dotnet=$(command -v dotnet || true)
  fi
}

# As NUKE's own script does it: the SDK of global.json, from Microsoft, below .nuke/temp.
install_dotnet() {
  local installer=$temp/dotnet-install.sh version='' line
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ \"version\"\ *:\ *\"([^\"]+)\" ]] && version=${BASH_REMATCH[1]}
  done <global.json
  printf 'no .NET SDK %s here: installing it below .nuke/temp\n' "$version" >&2
  curl -Lsfo "$installer" https://dot.net/v1/dotnet-install.sh ||
    fail 'the .NET SDK is missing and could not be installed' 'https://dot.net/v1/dotnet-install.sh cannot be reached' \
      "install the .NET SDK $version or later by other means, and see that 'dotnet --version' answers in this directory" 2
  chmod +x "$installer"
  "$installer" --install-dir "$temp/dotnet-unix" --version "$version" --no-path >&2 ||
    fail 'the .NET SDK could not be installed' 'its installer failed' 'see the lines above' 2
  find_dotnet
}

ensure_sdk() {
  if [[ -z $dotnet ]] || ! "$dotnet" --version >/dev/null 2>&1; then
    install_dotnet
  fi
}

# Runs a build tool and keeps its output for the case that it fails. Hands signals on and ends with them.
quietly() {
  local status=0
  output=$temp/build-output.$$.log
  "$@" >"$output" 2>&1 9>&- &
  local pid=$!
  # shellcheck disable=SC2064 # the process of now is meant
  trap "kill $pid 2>/dev/null; rm -f '$output'; exit 143" TERM
  # shellcheck disable=SC2064
  trap "kill $pid 2>/dev/null; rm -f '$output'; exit 130" INT
  wait "$pid" || status=$?
  trap - TERM INT
  return "$status"
}

# What the answer depends on: the versions, and every NuGet configuration that counts here.
mode_key() {
  local files=(build/Directory.Packages.props) directory=$root file
  while :; do
    for file in nuget.config NuGet.config NuGet.Config; do
      [[ -f $directory/$file ]] && files+=("$directory/$file")
    done
    [[ -n $directory ]] || break
    directory=${directory%/*}
  done
  for file in "${HOME:-/}"/.nuget/NuGet/*.[Cc]onfig "${HOME:-/}"/.config/NuGet/*.[Cc]onfig; do
    [[ -f $file ]] && files+=("$file")
  done
  key=$(cat "${files[@]}" | { sha256sum 2>/dev/null || shasum -a 256; })
  key=${key%% *}
}

ask_source() {
  if quietly "$dotnet" restore build/_build.csproj -p:RelayOpsDependencies=packages -nologo -v quiet -nodeReuse:false; then
    mode=packages
  else
    local missing='error NU110[12]:.*(Nuke\.Common|SSH\.NET|SharpCompress|Octokit)' other
    other=$(grep -E ': error ' "$output" | grep -vE "$missing" || true)
    if [[ -z $other ]] && grep -qE "$missing" "$output"; then
      mode=bundled
      printf 'the NuGet source does not serve %s: going on with what is bundled (RelayOpsDependencies=bundled)\n' \
        "$(grep -oE 'package (Nuke\.Common|SSH\.NET|SharpCompress|Octokit)' "$output" | sed 's/package //' | sort -u | paste -sd, - | sed 's/,/, /g')" >&2
    else
      cat "$output" >&2
      rm -f "$output"
      fail 'the packages could not be restored' 'see the lines above' 'mend the NuGet configuration, or set RelayOpsDependencies=bundled to do without NUKE, SSH.NET, SharpCompress and Octokit'
    fi
  fi
  rm -f "$output"
  printf '%s %s\n' "$key" "$mode" >"$temp/dependencies.$$" && mv "$temp/dependencies.$$" "$temp/dependencies"
}

choose_mode() {
  mode=${RelayOpsDependencies:-}
  if [[ -z $mode ]]; then
    local known='' answer=''
    mode_key
    [[ -f $temp/dependencies ]] && read -r known answer <"$temp/dependencies"
    if [[ $known == "$key" && $answer == @(packages|bundled) ]]; then
      mode=$answer
    else
      ensure_sdk
      ask_source
    fi
  fi
  [[ $mode == @(packages|bundled) ]] ||
    fail "RelayOpsDependencies cannot be '$mode'" 'it takes packages or bundled' 'unset it to have the NuGet source asked' 2
  export RelayOpsDependencies=$mode
}

# A source counts from the beginning of the last build, so that an edit during it is seen; a directory, which tells of files that went,
# from its end, because the build itself makes some.
is_current() {
  [[ -f $assembly && -f $stamp.begun && -f $stamp.done ]] || return 1
  local newer
  newer=$(find build global.json \( -name bin -o -name obj \) -prune -o \( -type d -newer "$stamp.done" -o -type f -newer "$stamp.begun" \
    \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' -o -name '*.json' -o -name '*.resx' \) \) -print -quit)
  [[ -z $newer ]]
}

build() {
  # Two runs at once would write the same files.
  exec 9>"$temp/build.lock"
  if command -v flock >/dev/null; then flock 9; fi
  if ! is_current; then
    ensure_sdk
    mkdir -p "${stamp%/*}"
    : >"$stamp.new"
    rm -f "$stamp.done" "$help"
    if ! quietly "$dotnet" build build/_build.csproj -p:RelayOpsDependencies="$mode" -nologo -v quiet -clp:NoSummary -nodeReuse:false -p:UseSharedCompilation=false; then
      cat "$output" >&2
      rm -f "$output"
      fail 'RelayOps does not compile' 'see the lines above' 'mend the sources, or take back the last change'
    fi
    rm -f "$output"
    mv "$stamp.new" "$stamp.begun"
    : >"$stamp.done"
  fi
  exec 9>&-
}

shopt -s extglob nullglob
[[ -d $temp ]] || mkdir -p "$temp"
# dotnet refuses to work without a home, which cron and containers may lack.
if [[ ! -d ${HOME:-} ]]; then
  mkdir -p "$temp/home"
  export DOTNET_CLI_HOME=$temp/home
fi
find_dotnet
choose_mode
assembly=$root/build/bin/$mode/_build.dll
stamp=$root/build/bin/$mode/.build
help=$root/build/bin/$mode/.help
is_current || build
[[ -n $dotnet ]] || install_dotnet

# The help text changes with the assembly alone: it is made once after each build, and shown without starting anything.
if [[ $# == 1 && $1 == --help ]]; then
  if [[ ! -f $help ]]; then
    if ! TERM=dumb "$dotnet" "$assembly" --help --no-logo >"$help.$$"; then
      cat "$help.$$" >&2
      rm -f "$help.$$"
      fail 'the help text could not be made' 'see the lines above' 'try another target'
    fi
    mv "$help.$$" "$help"
  fi
  exec cat "$help"
fi

[[ ${#secrets[@]} == 0 ]] || export "${secrets[@]}"
# In place of this shell, so that signals reach it.
exec "$dotnet" "$assembly" "$@"
