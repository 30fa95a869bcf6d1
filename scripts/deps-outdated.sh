#!/usr/bin/env bash
# Says which versions of the parent pom have newer ones: those that are properties, and those of plugins.
set -euo pipefail
cd "$(dirname "$0")/.."

# The plugin reports at INFO, which -q would leave out. All versions are in the parent, so the modules need not be asked.
# shellcheck disable=SC2086
report=$(mvn -B --no-transfer-progress ${MAVEN_FLAGS:-} -N versions:display-property-updates versions:display-plugin-updates) || {
  printf '%s\n' "$report" >&2
  exit 1
}
newer=$(sed -nE 's/^\[(INFO|WARNING)\] +(.*-> .*)$/  \2/p' <<<"$report" | sort -u)
if [ -n "$newer" ]; then
  printf '%s\n' "$newer"
else
  echo "No version in pom.xml has a newer one."
fi
