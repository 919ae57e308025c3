#!/usr/bin/env bash
# Installs moto, the AWS stand-in of the wire tests (docs/development.md), and cfn-lint, which judges the bootstrap
# template there, into .venv. Quick when they are already there.
set -euo pipefail

version=5.2.3 # test/wire asserts what this version answers; change it together with those tests
lint_version=1.58.0 # its rules grow with AWS, so that a newer one may find more

cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python

version_of() {
  "$python" -c 'import sys; from importlib.metadata import version; print(version(sys.argv[1]))' "$1" 2>/dev/null
}

installed() {
  [[ -x .venv/bin/moto_server && -x .venv/bin/cfn-lint ]] &&
    [[ "$(version_of moto)" == "$version" && "$(version_of cfn-lint)" == "$lint_version" ]] &&
    "$python" -c 'import moto.server, cfnlint' 2>/dev/null
}

fail() {
  echo "install-moto: $1" >&2
  exit 1
}

if installed; then
  echo "moto $version and cfn-lint $lint_version are installed"
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
"$python" -m pip install --quiet --disable-pip-version-check "moto[server]==$version" "cfn-lint==$lint_version" >"$log" 2>&1 ||
  explain "pip cannot install moto $version and cfn-lint $lint_version; check the network and the configured package index, then run this again"
installed || fail "moto $version was installed but does not start, or cfn-lint does not; remove .venv and run this again"
echo "moto $version and cfn-lint $lint_version are now installed"
