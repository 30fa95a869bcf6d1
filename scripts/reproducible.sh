#!/usr/bin/env bash
# Builds the artifacts of the committed state once more, in a clean clone in another folder, and fails unless they have the same
# bytes as those in target/stage (make stage).
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -d target/stage ]; then
  echo "Nothing in target/stage: run make stage first." >&2
  exit 2
fi
if ! git diff --quiet HEAD; then
  echo "Files have been changed since the last commit: commit them, and run make stage again." >&2
  exit 2
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone -q . "$folder/somewhere-else"
(cd "$folder/somewhere-else" && scripts/stage.sh >&2)

# Snapshots are named by the time at which they were staged; the metadata of the repository tell of it too.
sums() { # FOLDER
  (cd "$1" && find . \( -name '*.jar' -o -name '*.pom' \) -exec sha256sum {} +) \
    | sed -E 's/-[0-9]{8}\.[0-9]{6}-[0-9]+/-SNAPSHOT/' | sort -k 2
}
sums target/stage >"$folder/first"
sums "$folder/somewhere-else/target/stage" >"$folder/second"
if ! diff "$folder/first" "$folder/second" >&2; then
  echo "Two builds of $(git rev-parse --short HEAD) differ." >&2
  exit 1
fi
echo "Two builds of $(git rev-parse --short HEAD) have the same bytes: $(wc -l <"$folder/first") files"
