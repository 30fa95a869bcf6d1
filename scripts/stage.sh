#!/usr/bin/env bash
# Puts all artifacts that are published into a local Maven repository, as they would be published, and checks them:
#   scripts/stage.sh [FOLDER]    FOLDER is target/stage by default, and is emptied first
# A project uses it as any other repository: <url>file:///…/target/stage</url>.
set -euo pipefail
cd "$(dirname "$0")/.."

stage=${1:-target/stage}
rm -rf "$stage"
mkdir -p "$stage"
stage=$(cd "$stage" && pwd)

# The modules of the parent that do not say that they are not published. The parent itself is one of them.
modules=.
while read -r module; do
  grep -q '<maven.deploy.skip>true' "$module/pom.xml" || modules="$modules,$module"
done < <(sed -n 's:^ *<module>\(.*\)</module>$:\1:p' pom.xml)

# shellcheck disable=SC2086 # words, on purpose
mvn -B -q -T 1C --no-transfer-progress ${MAVEN_FLAGS:-} deploy -Prelease -DskipTests -pl "$modules" -am \
  -DaltDeploymentRepository="stage::file://$stage"

scripts/check-stage.sh "$stage"
