#!/usr/bin/env bash
# The main job from beginning to end in the sandbox: no AWS account, no configuration, nothing left behind.
set -euo pipefail

program="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/bin/previewops.js"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export PREVIEWOPS_SANDBOX_STATE="$folder/sandbox.json"

try() {
  printf '\n$ previewops %s\n' "$*"
  node "$program" "$@"
}

try deploy --pr 42 --sandbox
try list --sandbox
try destroy --pr 42 --sandbox
try list --sandbox
