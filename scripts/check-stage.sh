#!/usr/bin/env bash
# Checks staged artifacts: sources, Javadoc, licence, module name, metadata of the POM, and metadata of resources for native images.
#   scripts/check-stage.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

stage=${1:?the folder of scripts/stage.sh}
problems=0
artifacts=0
problem() {
  echo "$1" >&2
  problems=$((problems + 1))
}

has() { # JAR FILE
  unzip -l "$1" "$2" >/dev/null 2>&1
}

check_jar() { # JAR
  has "$1" META-INF/LICENSE || problem "$(basename "$1"): no META-INF/LICENSE"
  has "$1" META-INF/NOTICE || problem "$(basename "$1"): no META-INF/NOTICE"
}

# What is in the jar at run time and is no class: an image for which nobody names it would not have it.
check_native() { # JAR ARTIFACT
  local resources pattern
  resources=$(unzip -Z1 "$1" 'io/*' | grep -v -e '\.class$' -e '/$' || true)
  [ -z "$resources" ] && return
  if ! has "$1" "META-INF/native-image/io.tollgate/$2/resource-config.json"; then
    problem "$2: resources, and no META-INF/native-image/io.tollgate/$2/resource-config.json"
    return
  fi
  pattern=$(unzip -p "$1" "META-INF/native-image/io.tollgate/$2/resource-config.json" \
    | sed -n 's/.*"pattern": *"\(.*\)".*/\1/p' | sed 's/\\\\/\\/g' | paste -sd'|' -)
  while read -r resource; do
    echo "$resource" | grep -qE "^($pattern)\$" || problem "$2: $resource is not in resource-config.json"
  done <<<"$resources"
}

while read -r pom; do
  folder=$(dirname "$pom")
  artifact=$(basename "$(dirname "$folder")")
  base=${pom%.pom}
  artifacts=$((artifacts + 1))
  for element in name description; do
    grep -q "<$element>" "$pom" || problem "$artifact: no <$element> in its POM"
  done
  if ! grep -q '<artifactId>tollgate-parent</artifactId>' "$pom"; then
    for element in url licenses developers scm; do
      grep -q "<${element}[ >]" "$pom" || problem "$artifact: no <$element> in its POM, and no parent that has it"
    done
  fi
  if grep -q '<packaging>pom</packaging>' "$pom"; then
    continue
  fi
  for jar in "$base.jar" "$base-sources.jar" "$base-javadoc.jar"; do
    if [ -f "$jar" ]; then
      check_jar "$jar"
    else
      problem "$artifact: no $(basename "$jar")"
    fi
  done
  has "$base.jar" module-info.class \
    || unzip -p "$base.jar" META-INF/MANIFEST.MF | grep -q '^Automatic-Module-Name: ' \
    || problem "$artifact: no name as a module"
  check_native "$base.jar" "$artifact"
done < <(find "$stage" -name '*.pom' | sort)

if [ "$artifacts" -eq 0 ]; then
  problem "no artifacts in $stage"
fi
if [ "$problems" -gt 0 ]; then
  echo "$problems problems in $stage" >&2
  exit 1
fi
echo "$artifacts artifacts in $stage: complete"
