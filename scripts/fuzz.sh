#!/usr/bin/env bash
# Fuzzes one target with Jazzer, or lists them all.
#   scripts/fuzz.sh [TARGET [SECONDS]]     TARGET is Class#method, or Class if it has one method
# It begins with the inputs of the target, which make test replays, and with what earlier runs found worth keeping
# (.cifuzz-corpus of the module). A finding ends the run: its input is written beside those of the target, so that it is a
# test from then on.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:-}
seconds=${2:-60}

targets() {
  git ls-files --cached --others --exclude-standard -- '*FuzzTest.java' | while read -r file; do
    module=${file%%/src/test/java/*}
    class=$(basename "$file" .java)
    awk -v module="$module" -v class="$class" '
      /@FuzzTest/ { found = 1; next }
      found && /void / { sub(/\(.*/, ""); sub(/.*void /, ""); print module, class "#" $0; found = 0 }' "$file"
  done
}

if [ -z "$target" ]; then
  targets | awk '{ printf "  make fuzz TARGET=%s\n", $2 }'
  exit 0
fi

found=$(targets | awk -v target="$target" '$2 == target || index($2, target "#") == 1')
if [ "$(grep -c . <<<"$found")" != 1 ]; then
  echo "$target is not one target (expected: one of these)" >&2
  targets | awk '{ print "  " $2 }' >&2
  exit 2
fi
read -r module name <<<"$found"

# Only here are classes instrumented, and no test is cut off after two minutes. A connection to the listener on loopback is no
# server-side request forgery.
export JAZZER_FUZZ=1 JAZZER_MAX_DURATION=${seconds}s
export JAZZER_DISABLED_HOOKS=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery
# shellcheck disable=SC2086
exec mvn -B --no-transfer-progress ${MAVEN_FLAGS:-} -q test \
  -pl "$module" -am -Dtest="$name" -Dsurefire.failIfNoSpecifiedTests=false -Djazzer.hooks=true \
  -Dtest.jvm.args="-Xmx512m -XX:+EnableDynamicAgentLoading -Djunit.jupiter.execution.timeout.mode=disabled"
