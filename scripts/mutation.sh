#!/usr/bin/env bash
# Judges the reports of PIT for some modules: at least 92 % of the mutants of each are killed, and the others are exactly those
# that tools/mutation/<module>.txt explains. Usage: scripts/mutation.sh MODULE...; make mutation runs PIT first.
#
# A line of such a list is a mutant: class | method | mutator | description | reason. It has no line number, so that it stays
# true when code above it moves; "(2 of 3)" counts equal mutants of a method in the order of the code.
set -euo pipefail
cd "${MUTATION_ROOT:-$(dirname "$0")/..}"

least=92

# Prints the mutants of a report: class, method, mutator and description, then status and place, separated by tabs.
mutants() {
  awk '
    function text(tag, from, to) {
      from = index($0, "<" tag ">")
      to = index($0, "</" tag ">")
      return from == 0 ? "" : substr($0, from + length(tag) + 2, to - from - length(tag) - 2)
    }
    /<mutation / {
      status = $0
      sub(/.* status=["\047]/, "", status)
      sub(/["\047].*/, "", status)
      method = text("mutatedMethod")
      gsub(/&#60;|&lt;|&#62;|&gt;/, "", method)
      if (method ~ /^lambda\$/) { # The number of a lambda changes with the lambdas before it.
        sub(/^lambda\$/, "", method)
        sub(/\$[0-9]+$/, "", method)
      }
      mutator = text("mutator")
      sub(/.*\./, "", mutator)
      sub(/_[A-Z_]*$/, "", mutator)
      sub(/Mutator$/, "", mutator)
      description = text("description")
      gsub(/&#60;|&lt;/, "<", description)
      gsub(/&#62;|&gt;/, ">", description)
      gsub(/&#39;|&apos;/, "\047", description)
      gsub(/&quot;|&#34;/, "\"", description)
      gsub(/&amp;|&#38;/, "\\&", description)
      gsub(/lambda\$/, "", description)
      sub(/\$[0-9]+$/, "", description)
      if (status != "NON_VIABLE" && status != "RUN_ERROR") { # The JVM took the changed class.
        print text("mutatedClass") "\t" method "\t" mutator "\t" description "\t" text("lineNumber") "\t" \
          text("methodDescription") "\t" text("index") "\t" status "\t" text("sourceFile")
      }
    }' "$1" |
    LC_ALL=C sort -t $'\t' -k 1,4 -k 5,5n -k 6,6 -k 7,7n |
    awk -F '\t' '
      function flush(i) {
        for (i = 1; i <= count; i++) {
          print same (count > 1 ? " (" i " of " count ")" : "") rest[i]
        }
        count = 0
      }
      {
        key = $1 " | " $2 " | " $3 " | " $4
        if (key != same) { flush() }
        same = key
        rest[++count] = "\t" $1 "\t" $8 "\t" $9 ":" $5
      }
      END { flush() }'
}

# Prints the mutants of a list, without their reasons. A line without a reason is an error.
explained() {
  awk -v file="$1" -F ' [|] ' '
    /^#/ || /^ *$/ { next }
    NF < 5 || $5 ~ /^ *$/ {
      print file ":" FNR ": no reason: " $0 > "/dev/stderr"
      failed = 1
    }
    { print $1 " | " $2 " | " $3 " | " $4 }
    END { exit failed }' "$1" | LC_ALL=C sort
}

judge() {
  local module=$1 report=$1/target/pit-reports/mutations.xml list=tools/mutation/$1.txt
  mutants "$report" >"$work/mutants"
  local unable
  unable=$(grep -c "status=['\"]RUN_ERROR" "$report" || true)
  awk -F '\t' -v module="$module" -v least="$least" '
    function detected(status) { return status != "SURVIVED" && status != "NO_COVERAGE" }
    {
      name = $2
      sub(/\$.*/, "", name)
      if (!(name in total)) { order[++classes] = name }
      total[name]++
      all++
      if (detected($3)) {
        killed[name]++
        found++
      }
    }
    END {
      for (i = 1; i <= classes; i++) {
        name = order[i]
        short = name
        sub(/.*\./, "", short)
        printf "  %-28s %4d of %4d\n", short, killed[name], total[name]
      }
      printf "%s: %d of %d mutants killed, %.1f %% (expected: at least %d)\n", module, found, all, all ? 100 * found / all : 0, least
      exit all == 0 || 100 * found < least * all
    }' "$work/mutants" || status=1
  if [ "$unable" -gt 0 ]; then
    echo "  Not counted: $unable that PIT could not run."
  fi
  awk -F '\t' '$3 == "SURVIVED" || $3 == "NO_COVERAGE" { print $1 }' "$work/mutants" | LC_ALL=C sort >"$work/survivors"
  explained "$list" >"$work/explained" || status=1
  LC_ALL=C comm -23 "$work/survivors" "$work/explained" >"$work/new"
  LC_ALL=C comm -13 "$work/survivors" "$work/explained" >"$work/gone"
  if [ -s "$work/new" ]; then
    status=1
    echo "Survived, and not in $list: kill them with a test, or add them with a reason."
    awk -F '\t' 'NR == FNR { place[$1] = $4 " " $3; next } { print "  " $0 "\n    " place[$0] }' "$work/mutants" "$work/new"
  fi
  if [ -s "$work/gone" ]; then
    status=1
    echo "In $list, and no longer surviving: delete them there."
    sed 's/^/  /' "$work/gone"
  fi
}

[ $# -gt 0 ] || {
  echo "Usage: scripts/mutation.sh MODULE..." >&2
  exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for module in "$@"; do
  judge "$module"
done
exit "$status"
