#!/usr/bin/env bash
# Installs what make lint and make proto need: shellcheck and yamllint from the distribution, the rest from npm as
# tools/package-lock.json pins it.
set -euo pipefail
cd "$(dirname "$0")/.."

lacking=()
for tool in shellcheck yamllint; do
  command -v "$tool" >/dev/null 2>&1 || lacking+=("$tool")
done
command -v npm >/dev/null 2>&1 || lacking+=(npm)

if [ ${#lacking[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "Not installed, and there is no apt-get to do it with: ${lacking[*]}" >&2
    exit 2
  fi
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
      echo "Not installed: ${lacking[*]}. Run as root: apt-get install ${lacking[*]}" >&2
      exit 2
    }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${lacking[@]}"
fi
npm --prefix tools ci --silent
if [ -x deploy/check ]; then
  deploy/check --install
fi
echo "$(shellcheck --version | grep '^version'), $(yamllint --version), buf $(tools/node_modules/.bin/buf --version)"
