#!/usr/bin/env bash
# Makes .env for docker-compose.yml, from .env.example, with random secrets; one that is there already is left alone. Writes the
# secrets of .env to files below .secrets, which compose mounts into the containers.
set -euo pipefail
cd "$(dirname "$0")/../.."
umask 077

secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

if [ ! -e .env ]; then
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
fi

# The users in the containers are none of this machine: they may read the files, which nobody else here can reach.
mkdir -p .secrets
for name in JWT_SECRET_KEY REDIS_PASSWORD SERVER_ADMIN_TOKEN; do
  file=.secrets/$(tr 'A-Z_' 'a-z-' <<<"$name")
  value=$(sed -n "s/^$name=//p" .env | tail -n 1)
  if [ -z "$value" ]; then
    echo ".env: no $name (expected: a secret, see .env.example)" >&2
    exit 2
  fi
  printf '%s' "$value" >"$file" # In place: a container that runs sees the change.
  chmod 644 "$file"
done
