#!/usr/bin/env bash
# Lints proto/*.proto and compares them with proto/baseline.json, the protocol as it was last committed: what would break
# a deployed service or client, on the wire or in generated code, fails. Then the baseline is written anew.
# With --check, a baseline that is not up to date fails too, and nothing is written.
set -euo pipefail
cd "$(dirname "$0")/.."

buf=tools/node_modules/.bin/buf
baseline=proto/baseline.json
if [ ! -x "$buf" ]; then
  echo "buf is not installed: make install-tools" >&2
  exit 2
fi

"$buf" lint proto
if [ -f "$baseline" ]; then
  "$buf" breaking proto --against "$baseline"
fi

now=$(mktemp)
trap 'rm -f "$now"' EXIT
"$buf" build proto --exclude-source-info -o "-#format=json" |
  node -e 'const image = JSON.parse(require("fs").readFileSync(0)); console.log(JSON.stringify(image, null, 1))' >"$now"
if [ "${1:-}" = --check ]; then
  if ! cmp -s "$now" "$baseline"; then
    echo "$baseline is not that of proto/*.proto: make proto writes it" >&2
    exit 1
  fi
else
  cp "$now" "$baseline"
  echo "proto/*.proto are compatible; $baseline is up to date."
fi
