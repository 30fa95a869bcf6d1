#!/usr/bin/env bash
# Makes .env for docker-compose.yml, from .env.example, with random secrets. One that is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ -e .env ]; then
  exit 0
fi
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

umask 077
partial=$(mktemp .env.XXXXXX)
trap 'rm -f "$partial"' EXIT
while IFS= read -r line; do
  case $line in
    [A-Z]*=) printf '%s%s\n' "$line" "$(secret)" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <.env.example >"$partial"
mv "$partial" .env
echo "Wrote .env, with secrets of its own."
