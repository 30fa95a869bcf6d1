#!/usr/bin/env bash
# Does once what the build will do, which fetches what it needs; dependency:go-offline would leave out what plugins load
# while they run (the test engines, the formatter, protoc).
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra maven <<<"mvn -B -q --no-transfer-progress ${MAVEN_FLAGS:-}"
echo "Building once, with all checks and without the tests"
"${maven[@]}" verify -Pstrict -DskipTests
echo "Running one test, which loads the test engine"
"${maven[@]}" test -pl gateway-api -Dtest=PrincipalTest
echo "Checking formatting once"
"${maven[@]}" spotless:check
echo "Everything is fetched: MAVEN_FLAGS=-o make test needs no network."
