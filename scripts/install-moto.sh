#!/usr/bin/env bash
# Installs moto, the AWS stand-in of the wire tests (docs/development.md), into .venv. Quick when it is already there.
set -euo pipefail

version=5.2.3 # test/wire asserts what this version answers; change it together with those tests

cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python

installed() {
  [[ -x .venv/bin/moto_server ]] &&
    [[ "$("$python" -c 'from importlib.metadata import version; print(version("moto"))' 2>/dev/null)" == "$version" ]] &&
    "$python" -c 'import moto.server' 2>/dev/null
}

fail() {
  echo "install-moto: $1" >&2
  exit 1
}

if installed; then
  echo "moto $version is installed"
  exit 0
fi

command -v python3 >/dev/null || fail 'python3 is missing; install Python 3.9 or later and run this again'
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# pip names the package index it asks, which may be a private one, so its words are shown only when it fails, and without addresses.
explain() {
  sed -E 's#[a-z+]+://[^ ,)]+#<address>#g' "$log" | tail -n 20 >&2
  fail "$1"
}

python3 -m venv --clear .venv >"$log" 2>&1 ||
  explain 'python3 cannot make a virtual environment (on Debian and Ubuntu: apt-get install python3-venv)'
"$python" -m pip install --quiet --disable-pip-version-check "moto[server]==$version" >"$log" 2>&1 ||
  explain "pip cannot install moto $version; check the network and the configured package index, then run this again"
installed || fail "moto $version was installed but does not start; remove .venv and run this again"
echo "moto $version is now installed"
