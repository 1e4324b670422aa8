#!/usr/bin/env bash
# The README's first command, as written there, in a fresh clone in an empty folder: does it do all the set-up and make a picture?
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
command=$(sed -n 's/^    \(npm install .*npm run demo.*\)$/\1/p' "$here/README.md" | head -n 1)
git clone -q "$here" "$folder/weir" && cd "$folder/weir" || exit 1
echo "$command"
if eval "$command" && [ "$(head -c 8 weir-demo.png | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]; then
  echo "1 passed, 0 failed"
else
  echo "0 passed, 1 failed"
  exit 1
fi
