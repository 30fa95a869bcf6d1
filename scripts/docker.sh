#!/usr/bin/env bash
# What the docker-* targets of the Makefile call: says what is missing instead of failing somewhere in the middle.
#   docker.sh docker ARGUMENTS...   docker.sh compose ARGUMENTS...
set -euo pipefail
cd "$(dirname "$0")/.."

lacks() {
  printf '%s\n' "$1" >&2
  exit 2
}

command -v docker >/dev/null 2>&1 ||
  lacks "docker is not installed; see https://docs.docker.com/engine/install/"
docker info >/dev/null 2>&1 ||
  lacks "docker is installed, but no engine answers it: $(docker info 2>&1 >/dev/null | tail -n 1)"

COMMIT=$(git rev-parse HEAD 2>/dev/null || echo unknown)
export COMMIT
what=$1
shift
case $what in
  docker)
    deploy/compose/env.sh
    exec docker "$@"
    ;;
  compose)
    docker compose version >/dev/null 2>&1 ||
      lacks "docker has no compose plugin; see https://docs.docker.com/compose/install/"
    deploy/compose/env.sh
    exec docker compose "$@"
    ;;
  *) lacks "docker.sh: $what (expected: docker or compose)" ;;
esac
