#!/usr/bin/env bash
# Fails if a page or a Javadoc comment has a word for which the list below has a better one, or if a Javadoc comment
# begins with a question word. Arguments are files; without any, all tracked pages and the main Java code are checked.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- \
    '*.md' 'gateway-*/src/main/java/*.java' 'integrations/*/src/main/java/*.java' | sort)
fi

# A finding is: file:line: "word" (say: better). Code between ``` and between ` is not language.
awk '
  BEGIN {
    add("may not pass", "is rejected")
    add("is told", "receives, or: callback")
    add("must be said", "must be set")
    add("not said", "unset")
    add("said twice", "duplicate key")
    add("when started anew", "restart to apply")
    add("is started anew", "restart to apply")
    add("stops in peace", "drains")
    add("stop in peace", "drain")
    add("had better", "should")
    add("does without", "disables")
    add("do without", "disable")
    add("may write nothing", "non-root user without write access")
    add("is having trouble", "is unavailable")
    add("redis is away", "Redis is unavailable")
    add("redis being away", "Redis being unavailable")
    add("who is behind", "upstream, or: service")
    add("answer", "response")
    add("answers", "responds, returns, or: responses")
    add("answered", "responded to")
    add("is refused", "is rejected")
    add("are refused", "are rejected")
    add("remembered", "cached")
    add("forgotten", "expires, or: is evicted")
    add("under way", "in flight")
    add("taken over", "reloaded")
    add("whoever", "the client, the caller, or: the user")
  }
  function add(word, better) { words[++count] = word; say[count] = better }
  function report(word, better) { printf "%s:%d: \"%s\" (say: %s)\n", FILENAME, FNR, word, better; found = 1 }
  function check(text,   i, lower) {
    gsub(/`[^`]*`/, "", text)
    gsub(/\{@(code|link|linkplain|literal)[^}]*\}/, "", text)
    lower = tolower(text)
    for (i = 1; i <= count; i++) if (match(lower, "(^|[^a-z])" words[i] "([^a-z]|$)") && !(words[i] ~ /refused/ && lower ~ /connection/)) report(words[i], say[i])
  }
  function first(text) {
    if (match(text, /^(What|How|Whether|Where|Who|Whom|Whose|Why)( |$)/)) {
      sub(/ .*/, "", text)
      report(text, "a verb such as Returns, or a noun")
    }
    begun = 1
  }
  FNR == 1 { code = comment = begun = 0; java = FILENAME ~ /\.java$/ }
  !java {
    # Tables that the code writes have the words of the code.
    if ($0 ~ /^<!-- keys:/) { code = 1; next }
    if ($0 ~ /^<!-- end of keys/) { code = 0; next }
    if ($0 ~ /^ *```/) { code = !code; next }
    if (!code) check($0)
    next
  }
  /\/\*\*/ { comment = 1; begun = 0 }
  comment {
    text = $0
    sub(/^ *(\/\*\*|\*\/|\*)? */, "", text)
    last = $0 ~ /\*\//
    sub(/ *\*\/.*/, "", text)
    if (text ~ /<pre>/) code = 1
    if (!begun && text != "" && text !~ /^@/) first(text)
    if (!code) check(text)
    if (text ~ /<\/pre>/) code = 0
    if (last) comment = code = 0
  }
  END { exit found }
' "${files[@]}"
