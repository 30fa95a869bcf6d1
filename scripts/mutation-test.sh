#!/usr/bin/env bash
# Tests scripts/mutation.sh with reports and lists of its own.
set -euo pipefail
script=$(cd "$(dirname "$0")" && pwd)/mutation.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
export MUTATION_ROOT=$root
mkdir -p "$root/module/target/pit-reports" "$root/tools/mutation"
list=$root/tools/mutation/module.txt
failed=0

mutant() { # STATUS METHOD LINE INDEX DESCRIPTION
  printf "<mutation detected='x' status='%s' numberOfTestsRun='1'><sourceFile>A.java</sourceFile>" "$1"
  printf '<mutatedClass>a.A</mutatedClass><mutatedMethod>%s</mutatedMethod><methodDescription>()V</methodDescription>' "$2"
  printf '<lineNumber>%s</lineNumber><mutator>org.pitest.returns.MathMutator</mutator>' "$3"
  printf '<indexes><index>%s</index></indexes><blocks><block>1</block></blocks><killingTest/>' "$4"
  printf '<description>%s</description></mutation>\n' "$5"
}

report() {
  {
    echo '<mutations partial="true">'
    for ((i = 0; i < ${killed:-46}; i++)); do mutant KILLED "killed$i" 1 1 "gone"; done
    cat
    echo '</mutations>'
  } >"$root/module/target/pit-reports/mutations.xml"
}

expect() { # NAME STATUS TEXT
  local status=0 output
  output=$("$script" module 2>&1) || status=$?
  if [ "$status" -ne "$2" ] || ! grep -qF -- "$3" <<<"$output"; then
    failed=1
    printf 'failed: %s: status %s (expected: %s), and "%s" in:\n%s\n' "$1" "$status" "$2" "$3" "$output" >&2
  fi
}

echo '# None.' >"$list"
report </dev/null
expect "nothing survives" 0 "module: 46 of 46 mutants killed, 100.0 %"

mutant SURVIVED plus 7 3 "Replaced + with -" | report
expect "an unexplained survivor" 1 "  a.A | plus | Math | Replaced + with -"
expect "its place" 1 "A.java:7 SURVIVED"
mutant NO_COVERAGE plus 7 3 "Replaced + with -" | report
expect "code that no test reaches" 1 "A.java:7 NO_COVERAGE"

echo 'a.A | plus | Math | Replaced + with - | It does not matter.' >"$list"
expect "an explained survivor" 0 "46 of 47 mutants killed"
mutant SURVIVED plus 99 3 "Replaced + with -" | report
expect "an explained survivor that moved" 0 "46 of 47 mutants killed"
report </dev/null
expect "an explained mutant that was killed" 1 "no longer surviving"
mutant TIMED_OUT plus 7 3 "Replaced + with -" | report
expect "an explained mutant that never ended" 1 "no longer surviving"

echo 'a.A | plus | Math | Replaced + with - |  ' >"$list"
mutant SURVIVED plus 7 3 "Replaced + with -" | report
expect "a survivor without a reason" 1 "module.txt:1: no reason"

echo 'a.A | plus | Math | Replaced + with - (2 of 3) | It does not matter.' >"$list"
{
  mutant KILLED plus 10 3 "Replaced + with -"
  mutant SURVIVED plus 9 12 "Replaced + with -"
  mutant KILLED plus 9 2 "Replaced + with -"
} | report
expect "equal mutants are counted in the order of the code" 0 "48 of 49"

echo 'a.A | plus | Math | no > in plus | It does not matter.' >"$list"
mutant SURVIVED "lambda\$plus\$0" 7 3 "no &#62; in lambda\$plus\$0" | report
expect "lambdas have the name of their method" 0 "46 of 47"
mutant SURVIVED "lambda\$plus\$7" 7 3 "no &gt; in lambda\$plus\$7" | report
expect "lambdas have no number" 0 "46 of 47"

echo '# None.' >"$list"
{
  mutant RUN_ERROR plus 7 3 "x"
  mutant NON_VIABLE plus 8 3 "x"
} | report
expect "what cannot run is not counted" 0 "46 of 46"

printf 'a.A | %s | Math | x | It does not matter.\n' p1 p2 p3 p4 >"$list"
survivors() { for each in "$@"; do mutant SURVIVED "$each" 7 3 "x"; done; }
survivors p1 p2 p3 p4 | report
expect "exactly 92 %" 0 "46 of 50 mutants killed, 92.0 %"
survivors p1 p2 p3 p4 | killed=45 report
expect "less than 92 %, though explained" 1 "45 of 49 mutants killed, 91.8 %"
echo >"$root/module/target/pit-reports/mutations.xml"
expect "an empty report" 1 "0 of 0"

[ "$failed" -eq 0 ] && echo "The comparison of mutants works."
exit "$failed"
