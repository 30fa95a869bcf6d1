#!/usr/bin/env bash
# Installs wrk and h2load, where there is an apt-get to do it with. make bench goes on without them: its own driver takes
# their place, and the report says so.
set -euo pipefail

lacking=()
command -v wrk >/dev/null 2>&1 || lacking+=(wrk)
command -v h2load >/dev/null 2>&1 || lacking+=(nghttp2-client)
if [ ${#lacking[@]} -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null 2>&1 || ! { [ ${#as_root[@]} -eq 0 ] || command -v sudo >/dev/null 2>&1; }; then
  echo "Not installed: ${lacking[*]}. The driver of the benchmark takes their place." >&2
  exit 0
fi
echo "Installing ${lacking[*]}"
"${as_root[@]}" apt-get update -qq &&
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${lacking[@]}" >/dev/null ||
  echo "Could not install ${lacking[*]}. The driver of the benchmark takes their place." >&2
