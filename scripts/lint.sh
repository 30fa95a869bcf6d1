#!/usr/bin/env bash
# Checks all that is not Java code: shell scripts, YAML, the language of pages and Javadoc, workflows, the protocol, and what deploy/check looks at.
# A tool that is missing is named at the end, and the status then is 2.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()
missing=()

check() {
  local what=$1 tool=$2
  shift 2
  if ! command -v "$tool" >/dev/null 2>&1; then
    missing+=("$what: $tool is not installed")
  elif "$@"; then
    echo "ok: $what"
  else
    failed+=("$what")
  fi
}

tracked() {
  git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

# Those named *.sh, and those that say so in their first line.
mapfile -t scripts < <(tracked | while read -r file; do
  case $file in
    *.sh) echo "$file" ;;
    *.*) ;;
    *) if head -n 1 "$file" | grep -aqE '^#!.*\b(ba)?sh$'; then echo "$file"; fi ;;
  esac
done)
mapfile -t yaml < <(tracked '*.yml' '*.yaml')

# The README shows what make help prints.
readme() {
  diff <(sed -n '/^\$ make help/,/^```/p' README.md | grep '^  make') <(make -s help)
}

workflows() {
  node tools/lint-workflows.mjs
}

check "${#scripts[@]} shell scripts" shellcheck shellcheck "${scripts[@]}"
check "${#yaml[@]} YAML files" yamllint yamllint --strict "${yaml[@]}"
check "make help in the README" make readme
check "the language of pages and Javadoc" awk scripts/language.sh
check "the comparison of make mutation" awk scripts/mutation-test.sh
if [ -d tools/node_modules ]; then
  check "workflows" node workflows
  check "protocol" node scripts/proto.sh --check
else
  missing+=("workflows and protocol: tools/node_modules is not there")
fi
if [ -x deploy/check ]; then
  check "deploy" bash deploy/check
fi

if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
if [ ${#missing[@]} -gt 0 ]; then
  printf 'not checked: %s\n' "${missing[@]}" >&2
  echo "make install-tools installs what is missing." >&2
  exit 2
fi
