#!/usr/bin/env bash
# Looks whether this machine has what building takes, and lets git run .githooks before a commit.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0

# need NAME COMMAND WHAT_FOR
need() {
  if command -v "$2" >/dev/null 2>&1; then
    printf '  %-10s %s\n' "$1" "$("$2" "${4:---version}" 2>&1 | grep -m 1 -E '[0-9]+\.[0-9]+' || true)"
  else
    printf '  %-10s is not installed; %s\n' "$1" "$3"
    if [[ $3 == needed* ]]; then status=2; fi
  fi
}

echo "For make run and make test:"
need Java "${JAVA_HOME:+$JAVA_HOME/bin/}java" "needed: JDK 17 or later" -version
need javac "${JAVA_HOME:+$JAVA_HOME/bin/}javac" "needed: JDK 17 or later, not a runtime alone" -version
need Maven mvn "needed: 3.8.1 or later"
need make make "needed"
need git git "needed"
other=$(printf '%s\n' /usr/lib/jvm/temurin-25* /usr/lib/jvm/*25* | while read -r jdk; do
  if [ -x "$jdk/bin/javac" ]; then echo "$jdk"; break; fi
done)
printf '  %-10s %s\n' "JDK 25" "${other:-not in /usr/lib/jvm; make test-other-jdk takes OTHER_JDK=/path/to/jdk}"
echo "For the rest:"
need shellcheck shellcheck "make install-tools"
need yamllint yamllint "make install-tools"
need node node "make lint, make proto: Node.js 18 or later"
need npm npm "make install-tools"
need redis redis-server "make dev shares its buckets in one where it is there"
need chromium chromium "make test-clients installs it"
need docker docker "make docker-…: see https://docs.docker.com/engine/install/"

if git rev-parse --git-dir >/dev/null 2>&1; then
  git config core.hooksPath .githooks
  echo "git runs .githooks/pre-commit before a commit; git commit --no-verify goes without."
fi
exit $status
