#!/bin/sh
# Installs what the tests need beside Python on Debian: PostgreSQL, chromium, Chinese glyphs. Elsewhere it names what is missing.
set -eu

missing=""
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi "noto.*cjk" || missing="$missing fonts-noto-cjk"
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need:$missing. Install them with your system's package manager." >&2
    exit 1
fi
run=""
[ "$(id -u)" = 0 ] || run="sudo"
echo "Installing:$missing"
# PostgreSQL's own cluster is not wanted: the tests start a server of their own.
$run mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" | $run tee /etc/postgresql-common/createcluster.conf >/dev/null
$run apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing fontconfig
