#!/usr/bin/env bash
# Builds and calls small Spring Boot applications that have the starter as a dependency, and no Java of Tollgate:
#   scripts/boot-apps.sh [3.5.16|4.0.9|4.1.2 …]    all three by default
# They are built outside the reactor, from a staged repository (STAGE, target/stage by default, made if it is not there) into
# a local repository in which io.tollgate is empty. Each is built with its dependencies in two orders.
set -euo pipefail
cd "$(dirname "$0")/.."

versions=("${@:-}")
[ -n "${versions[0]}" ] || versions=(3.5.16 4.0.9 4.1.2)
stage=${STAGE:-target/stage}
work=target/boot-apps
cache=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
secret=0123456789abcdef0123456789abcdef
read -ra maven <<<"mvn -B -q --no-transfer-progress ${MAVEN_FLAGS:-}"

started=()
stop_all() {
  for pid in "${started[@]:-}"; do
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  done
}
trap stop_all EXIT

checks=0
failures=0
expect() { # WHAT PATTERN TEXT
  checks=$((checks + 1))
  if ! grep -qiE -- "$2" <<<"$3"; then
    failures=$((failures + 1))
    printf 'FAILED: %s\n  expected: %s\n  found:\n%s\n' "$1" "$2" "$3" >&2
  fi
}

if [ ! -d "$stage/io/tollgate" ]; then
  scripts/stage.sh "$stage"
fi
stage=$(cd "$stage" && pwd)

rm -rf "$work"
mkdir -p "$work/repository/io"
work=$(cd "$work" && pwd)
for entry in "$cache"/*; do
  [ "$(basename "$entry")" = io ] || ln -s "$entry" "$work/repository/"
done
for entry in "$cache"/io/*; do
  [ "$(basename "$entry")" = tollgate ] || ln -s "$entry" "$work/repository/io/"
done

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
token() { # USER
  local head body
  head=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
  body=$(printf '{"sub":"%s","exp":%d,"iat":%d}' "$1" $(($(date +%s) + 600)) "$(date +%s)" | base64url)
  printf '%s.%s.%s' "$head" "$body" \
    "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -hmac "$secret" -binary | base64url)"
}

build() { # STACK VERSION ORDER
  local folder="$work/$1-$2-$3"
  cp -r "examples/boot/$1" "$folder"
  sed -i "/<artifactId>spring-boot-starter-parent/,/<\/parent>/s:<version>.*</version>:<version>$2</version>:" "$folder/pom.xml"
  # The newest versions of Boot 4 name a Netty of which not all parts are to be had everywhere.
  [[ $2 != 4.* ]] || sed -i 's:</java.version>:&<netty.version>4.2.18.Final</netty.version>:' "$folder/pom.xml"
  if [ "$3" = last ]; then
    sed -n '/<!-- first -->/,/<!-- then -->/{//!p}' "$folder/pom.xml" >"$folder/ours.txt"
    sed -i -e '/<!-- first -->/,/<!-- then -->/d' -e "/<!-- end -->/r $folder/ours.txt" "$folder/pom.xml"
  fi
  "${maven[@]}" -f "$folder/pom.xml" package -Dstage="$stage" -Dmaven.repo.local="$work/repository"
}

port=
start() { # FOLDER ARGUMENTS…
  local folder=$1 log
  shift
  log="$folder/app.log"
  : >"$log"
  java -jar "$folder"/target/shop-*.jar --server.port=0 "$@" >"$log" 2>&1 &
  started=("$!")
  port=
  for _ in $(seq 600); do
    port=$(sed -nE 's/.*(Tomcat|Netty) started on port ([0-9]+).*/\2/p' "$log" | head -n 1)
    [ -z "$port" ] || return 0
    kill -0 "${started[0]}" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  echo "The application did not start." >&2
  exit 1
}

stop() {
  kill "${started[0]}"
  wait "${started[0]}" 2>/dev/null || true
  started=()
}

get() { curl -s -i --max-time 20 "http://127.0.0.1:$port$1" "${@:2}"; }

redis_server() {
  local jar
  jar=$(find "$cache/com/github/codemonstur/embedded-redis" -name 'embedded-redis-*.jar' 2>/dev/null | sort | tail -n 1)
  if [ -n "${REDIS_SERVER:-}" ]; then
    echo "$REDIS_SERVER"
  elif [ -n "$jar" ] && unzip -q -o -j "$jar" 'redis-server-*-linux-amd64' -d "$work"; then
    chmod +x "$work"/redis-server-*-linux-amd64
    ls "$work"/redis-server-*-linux-amd64
  else
    command -v redis-server || true
  fi
}

check_limits() { # NAME
  local response
  for i in 1 2 3 4 5; do
    response=$(get /hello)
    expect "$1: request $i" '^HTTP/1.1 200' "$response"
    expect "$1: limit of request $i" '^X-RateLimit-Limit: 5' "$response"
    expect "$1: remaining of request $i" "^X-RateLimit-Remaining: $((5 - i))" "$response"
  done
  expect "$1: handler" 'Hello, anonymous' "$response"
  response=$(get /hello)
  for header in 'HTTP/1.1 429' 'X-RateLimit-Limit: 5' 'X-RateLimit-Remaining: 0' 'X-RateLimit-Reset: ' 'X-RateLimit-RefillRate: ' \
    'RateLimit-Policy: ' 'RateLimit: ' 'Retry-After: [0-9]+' 'X-Request-Id: ' 'Content-Type: application/json' \
    '.*"code":"RATE_LIMIT_EXCEEDED"'; do
    expect "$1: 429" "^$header" "$response"
  done
}

check_operations() { # NAME
  local response
  response=$(get /actuator/health)
  expect "$1: health is open and unlimited" '^HTTP/1.1 200' "$response"
  expect "$1: health shows the limiter" '"tollgate":\{.*"mode":"local"' "$response"
  response=$(get /tickets/1 -H 'X-Request-Id: mine')
  expect "$1: template of a handler in a policy" '^X-RateLimit-Limit: 2' "$response"
  expect "$1: id of the client" '^X-Request-Id: mine' "$response"
  response=$(get '/actuator/metrics/tollgate.ratelimit.decisions?tag=outcome:allowed&tag=policy:tickets')
  expect "$1: metrics" '"value":1' "$response"
}

check_tokens() { # NAME
  local response
  response=$(get /hello)
  expect "$1: no token" '^HTTP/1.1 401' "$response"
  expect "$1: challenge" '^WWW-Authenticate: Bearer' "$response"
  expect "$1: code" '"code":"MISSING_TOKEN"' "$response"
  response=$(get /hello -H "Authorization: Bearer $(token ann)")
  expect "$1: token" '^HTTP/1.1 200' "$response"
  expect "$1: user" 'Hello, ann' "$response"
  response=$(get /actuator/health)
  expect "$1: Redis" '"mode":"shared","redis":"connected"' "$response"
}

redis=$(redis_server)
if [ -n "$redis" ]; then
  "$redis" --version >/dev/null
  mkdir -p "$work/redis"
  redis_port=$((20000 + RANDOM % 10000))
  "$redis" --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work/redis" >"$work/redis/log" 2>&1 &
  redis_pid=$!
  trap 'stop_all; kill "$redis_pid" 2>/dev/null || true' EXIT
fi

for version in "${versions[@]}"; do
  for stack in mvc webflux; do
    for order in first last; do
      name="Boot $version, $stack, our dependency $order"
      folder="$work/$stack-$version-$order"
      echo "$name"
      build "$stack" "$version" "$order"
      start "$folder"
      check_limits "$name"
      stop
      [ "$order" = first ] || continue
      start "$folder" --spring.profiles.active=test
      check_operations "$name"
      stop
      start "$folder" --spring.profiles.active=test --tollgate.jwt.secret="$secret" --spring.data.redis.port="${redis_port:?no redis-server}"
      check_tokens "$name"
      stop
    done
  done
done
echo "$checks checks, $failures failed"
[ "$failures" = 0 ]
