#!/usr/bin/env bash
# The gateway in development mode before the reference services, each a process of its own, and Redis where redis-server
# is installed. A change of the sources builds and restarts the gateway; one that does not compile leaves it running.
# The services and Redis stay, and with them accounts, tickets and buckets. Ctrl-C ends all of it.
set -euo pipefail
cd "$(dirname "$0")/.."

redis_port=${DEV_REDIS_PORT:-6390}
user_port=${DEV_USER_PORT:-50061}
order_port=${DEV_ORDER_PORT:-50062}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
read -ra maven <<<"mvn -B -q --no-transfer-progress ${MAVEN_FLAGS:-}"
folder=target/dev
mkdir -p "$folder"

started=()
gateway=

stop() {
  if [ -n "$1" ] && kill -TERM "$1" 2>/dev/null; then
    wait "$1" 2>/dev/null || true
  fi
}

stop_all() {
  trap - EXIT
  stop "$gateway"
  for pid in "${started[@]}"; do
    stop "$pid"
  done
}
trap stop_all EXIT
trap 'exit 0' INT TERM

listens() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# background NAME PORT VARIABLE COMMAND...: starts it, and returns when it listens
background() {
  local name=$1 port=$2 variable=$3
  shift 3
  if listens "$port"; then
    echo "Port $port, for the $name, is taken: $variable=… make dev takes another." >&2
    exit 2
  fi
  "$@" >"$folder/${name// /-}.log" 2>&1 &
  started+=($!)
  for _ in $(seq 150); do
    if listens "$port"; then
      echo "The $name listens on $port; its log is $folder/${name// /-}.log."
      return
    fi
    kill -0 "${started[-1]}" 2>/dev/null || break
    sleep 0.2
  done
  echo "The $name does not start:" >&2
  tail -n 20 "$folder/${name// /-}.log" >&2
  exit 1
}

build() {
  "${maven[@]}" package -DskipTests -pl "$1" -am
}

start_gateway() {
  # A copy: a JVM does not bear it that its jar is written anew.
  cp gateway-undertow-runner/target/gateway.jar "$folder/gateway.jar"
  "$java" -jar "$folder/gateway.jar" "${arguments[@]}" &
  gateway=$!
}

echo "Building"
build gateway-undertow-runner,examples/reference-services
cp examples/reference-services/target/reference-services.jar "$folder/"

JWT_SECRET_KEY=${JWT_SECRET_KEY:-$(head -c 48 /dev/urandom | base64 -w 0)}
export JWT_SECRET_KEY
background "user service" "$user_port" DEV_USER_PORT \
  env GRPC_PORT="$user_port" "$java" -jar "$folder/reference-services.jar" user
background "order service" "$order_port" DEV_ORDER_PORT \
  env GRPC_PORT="$order_port" "$java" -jar "$folder/reference-services.jar" order
if command -v redis-server >/dev/null 2>&1; then
  background "Redis" "$redis_port" DEV_REDIS_PORT \
    redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --appendonly no --dir "$folder"
  export REDIS_ENABLED=true REDIS_HOST=127.0.0.1 REDIS_PORT=$redis_port
else
  echo "redis-server is not installed: buckets are in the gateway's memory, and lost when it restarts."
  export REDIS_ENABLED=false
fi

# What config.yaml says of limits holds, and a change of it is taken over without a restart.
export APP_ENVIRONMENT=${APP_ENVIRONMENT:-development}
export SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT=${SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT:-2s}
export SERVICES_USER_SERVICE_HOST=127.0.0.1 SERVICES_USER_SERVICE_PORT=$user_port
export SERVICES_ORDER_SERVICE_HOST=127.0.0.1 SERVICES_ORDER_SERVICE_PORT=$order_port
arguments=(--config "${DEV_CONFIG:-config.yaml}")

touch "$folder/built"
start_gateway

sources=(pom.xml proto/*.proto)
for module in proto gateway-* integrations/*; do
  sources+=("$module/src/main" "$module/pom.xml")
done
changed() {
  [ -n "$(find "${sources[@]}" -newer "$folder/built" -type f -print -quit)" ]
}

# Whoever ends the gateway, or a start that fails, ends in waiting for the next change.
while sleep 1; do
  if changed; then
    touch "$folder/built"
    echo "Changed: building"
    if build gateway-undertow-runner; then
      stop "$gateway"
      start_gateway
    else
      echo "It does not build: the gateway runs on as it was."
    fi
  fi
done
