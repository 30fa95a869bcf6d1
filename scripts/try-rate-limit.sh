#!/usr/bin/env bash
# Shows the rate limit of a running gateway from outside: tokens fall, a request is refused, tokens come back.
#   scripts/try-rate-limit.sh [URL]      http://localhost:8080, where `make run` listens, unless URL says another
# Only bash and curl are needed. It sends at most 50,000 requests in 30 seconds, and spends the tokens of your address.
set -euo pipefail

url=${1:-http://localhost:8080}
url=${url%/}/health
workers=4

give_up() {
  printf '%s\n' "$@" >&2
  exit 1
}

# header NAME: its value in the first response of the standard input
header() {
  awk -v name="$(tr '[:upper:]' '[:lower:]' <<<"$1")" -F ': ' '
    { sub(/\r$/, "") }
    $0 == "" { exit }
    tolower($1) == name { print $2; exit }'
}

# one request, with its headers
ask() {
  curl -sS -i --max-time 5 "$url"
}

# bar LEFT: how full the bucket is, in 40 columns
bar() {
  local full=$(($1 * 40 / limit)) line
  printf -v line '%*s' "$full" ''
  printf '%s' "${line// /#}"
}

command -v curl >/dev/null 2>&1 || give_up "curl is not installed."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! first=$(ask 2>"$folder/problem"); then
  give_up "No answer from $url: $(cat "$folder/problem")" \
    "make run starts a gateway on http://localhost:8080; another is asked with: $0 URL"
fi
limit=$(header X-RateLimit-Limit <<<"$first")
rate=$(header X-RateLimit-RefillRate <<<"$first")
left=$(header X-RateLimit-Remaining <<<"$first")
if [ -z "$limit" ] || [ -z "$rate" ] || [ -z "$left" ]; then
  give_up "$url answers without X-RateLimit-… headers: is that the gateway?" "$(head -n 1 <<<"$first")"
fi
echo "$url gives each address a bucket of $limit tokens, and $rate more a second."
printf '  %6d sent   %6d left  %s\n' 1 "$left" "$(bar "$left")"

# Each round sends a tenth of the bucket, by several connections at a time so that it empties faster than it fills.
each=$(((limit / 10 + workers - 1) / workers))
each=$((each > 250 ? 250 : each < 1 ? 1 : each))
sent=1
started=$SECONDS
refusal=
while [ -z "$refusal" ]; do
  if [ "$sent" -ge 50000 ] || [ $((SECONDS - started)) -ge 30 ]; then
    give_up "Not refused after $sent requests in $((SECONDS - started)) s: the bucket is larger, or fills faster, than this script can empty." \
      "A smaller one: REDIS_TOKEN_BUCKET_CAPACITY=20 make run"
  fi
  for worker in $(seq "$workers"); do
    curl -sS -i --max-time 10 -w '\n' "$url?[1-$each]" >"$folder/$worker" 2>"$folder/problem.$worker" &
  done
  wait || true
  cat "$folder"/problem.* >"$folder/problem"
  [ ! -s "$folder/problem" ] || give_up "The gateway stopped answering:" "$(head -n 1 "$folder/problem")"
  sent=$((sent + workers * each))
  left=$(awk -F ': ' 'tolower($1) == "x-ratelimit-remaining" { v = $2 + 0; if (n++ == 0 || v < least) least = v }
    END { print least + 0 }' "$folder"/[0-9]*)
  printf '  %6d sent   %6d left  %s\n' "$sent" "$left" "$(bar "$left")"
  refusal=$(awk '/^HTTP\// { if (found) exit; found = ($2 == 429) } found' "$folder"/[0-9]*)
done

echo
echo "Refused. This is all that a client is told:"
tr -d '\r' <<<"$refusal" | awk '/^HTTP|^[Xx]-[Rr]ate|^[Rr]etry-|^[Rr]ate[Ll]imit/ || /^\{/ { print "  " $0 }'

wait=$(header Retry-After <<<"$refusal")
if [ "$wait" -gt 30 ]; then
  echo
  echo "The next token comes in $wait s, which this script does not wait for."
  exit 0
fi
wait=$((wait < 3 ? 3 : wait))
echo
echo "Waiting $wait s, in which $rate tokens a second come back:"
sleep "$wait"
again=$(ask) || give_up "The gateway stopped answering."
left=$(header X-RateLimit-Remaining <<<"$again")
printf '  %s, %d left  %s\n' "$(head -n 1 <<<"$again" | tr -d '\r')" "$left" "$(bar "$left")"
