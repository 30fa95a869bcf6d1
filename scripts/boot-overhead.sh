#!/usr/bin/env bash
# Compares what stands in front of a Spring MVC handler on Tomcat: nothing; this starter with a limit, with a token, and with both;
# bucket4j's starter with the same limit; Spring Security with the same token (RS256, keys from the same file). And in front of a
# WebFlux handler on Reactor Netty: nothing, and this starter.
#   scripts/boot-overhead.sh [ROUNDS] [SECONDS]    3 rounds of 10 seconds each by default, after as long a warm-up
# Prints the processor time of the server per request, and its ratio to the bare server's. Needs wrk (scripts/load-generators.sh),
# python3 for the keys, and STAGE (target/stage by default) from make stage. Take the figures on an idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-3}
seconds=${2:-10}
stage=$(cd "${STAGE:-target/stage}" && pwd)
work=target/boot-overhead
cache=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
read -ra maven <<<"mvn -B -q --no-transfer-progress ${MAVEN_FLAGS:-}"
command -v wrk >/dev/null || { echo "wrk is not installed: scripts/load-generators.sh" >&2; exit 2; }

rm -rf "$work"
mkdir -p "$work/repository/io" "$work/keys"
work=$(cd "$work" && pwd)
for entry in "$cache"/*; do
  [ "$(basename "$entry")" = io ] || ln -s "$entry" "$work/repository/"
done
for entry in "$cache"/io/*; do
  [ "$(basename "$entry")" = tollgate ] || ln -s "$entry" "$work/repository/io/"
done

started=()
stop_all() {
  for pid in "${started[@]:-}"; do
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  done
}
trap stop_all EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
openssl genrsa -out "$work/key.pem" 2048 2>/dev/null
modulus=$(openssl rsa -in "$work/key.pem" -noout -modulus | sed 's/^Modulus=//' | xxd -r -p | base64url)
printf '{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"1","e":"AQAB","n":"%s"}]}' "$modulus" >"$work/keys/keys.json"
head=$(printf '{"alg":"RS256","typ":"JWT","kid":"1"}' | base64url)
body=$(printf '{"sub":"ann","exp":%d}' $(($(date +%s) + 86400)) | base64url)
token="$head.$body.$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$work/key.pem" -binary | base64url)"
python3 -c '
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port, flush=True)
server.serve_forever()' "$work/keys" >"$work/keys.port" 2>/dev/null &
started+=("$!")
until [ -s "$work/keys.port" ]; do sleep 0.1; done
keys_port=$(cat "$work/keys.port")

for build in web-bare web-tollgate web-bucket4j web-security webflux-bare webflux-tollgate; do
  cp -r examples/boot/overhead "$work/$build"
  "${maven[@]}" -f "$work/$build/pom.xml" package -P"${build#*-}" -Dstack="${build%-*}" -Dstage="$stage" \
    -Dmaven.repo.local="$work/repository"
done

server=
port=
start() { # STACK PROFILE CONFIG
  local log="$work/$1-$3.log"
  java -jar "$work/$1-$2/target/shop.jar" --server.port=0 --server.address=127.0.0.1 --keys.port="$keys_port" \
    --spring.config.location="examples/boot/overhead/config/$3.yml" >"$log" 2>&1 &
  server=$!
  started+=("$server")
  port=
  for _ in $(seq 600); do
    port=$(sed -nE 's/.*(Tomcat|Netty) started on port ([0-9]+).*/\2/p' "$log" | head -n 1)
    [ -z "$port" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  exit 1
}

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

measure() { # STACK PROFILE CONFIG
  start "$@"
  local name="$1-$3" before after requests status
  status=$(curl -s -o "$work/body" -w '%{http_code}' -H "Authorization: Bearer $token" "http://127.0.0.1:$port/hello")
  [ "$status" = 200 ] || { echo "$name: status $status" >&2; cat "$work/$name.log" >&2; exit 1; }
  wrk -t1 -c16 -d"${seconds}s" -H "Authorization: Bearer $token" "http://127.0.0.1:$port/hello" >/dev/null
  before=$(cpu_ticks)
  wrk -t1 -c16 -d"${seconds}s" -H "Authorization: Bearer $token" "http://127.0.0.1:$port/hello" >"$work/wrk.txt"
  after=$(cpu_ticks)
  grep -q 'Non-2xx' "$work/wrk.txt" && { echo "$name: responses other than 200" >&2; exit 1; }
  requests=$(sed -nE 's/^ *([0-9]+) requests in.*/\1/p' "$work/wrk.txt")
  kill "$server"
  wait "$server" 2>/dev/null || true
  awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" 'BEGIN { printf "%.2f\n", ticks / hz * 1e6 / n }' \
    >>"$work/$name.us"
}

variants=("web bare bare" "web tollgate limit" "web bucket4j bucket4j" "web tollgate token" "web security security"
  "web tollgate limit-and-token" "webflux bare bare" "webflux tollgate limit" "webflux tollgate token" "webflux tollgate limit-and-token")
for _ in $(seq "$rounds"); do
  for variant in "${variants[@]}"; do
    read -r stack profile config <<<"$variant"
    measure "$stack" "$profile" "$config"
  done
done

median() { sort -n "$work/$1.us" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
stack=
heading() { # STACK TITLE
  stack=$1
  printf '%-42s %10s %8s\n' "$2, $(nproc) cores" "us CPU" "ratio"
}
row() { # TITLE CONFIG
  printf '%-42s %10s %8s\n' "$1" "$(median "$stack-$2")" \
    "$(awk -v a="$(median "$stack-$2")" -v b="$(median "$stack-bare")" 'BEGIN { printf "%.2f", a / b }')"
}
heading web "Spring MVC on Tomcat"
row "bare" bare
row "tollgate: limit" limit
row "bucket4j's starter: limit" bucket4j
row "tollgate: token" token
row "Spring Security: token" security
row "tollgate: limit and token" limit-and-token
heading webflux "WebFlux on Reactor Netty"
row "bare" bare
row "tollgate: limit" limit
row "tollgate: token" token
row "tollgate: limit and token" limit-and-token
