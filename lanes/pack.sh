#!/usr/bin/env bash
# The package as a user gets it: packed from a clean build, installed by name into an empty folder, the command and the library run from there.
# Needs the registry. The last line is `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1)) && echo "ok: $name"
  else
    failed=$((failed + 1)) && echo "FAILED: $name" && tail -n 30 "$work/log"
  fi
}
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# A copy of what git has or would have: an old dist/ must not travel along.
mkdir "$work/source" "$work/user"
(cd "$here" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  [ -f "$file" ] && printf '%s\0' "$file"
done | tar --null -T - -cf -) | tar -xf - -C "$work/source"
if [ ! -d "$here/node_modules" ]; then (cd "$here" && npm install); fi
ln -s "$here/node_modules" "$work/source/node_modules"

cd "$work/source" || exit 1
# `prepare` builds; its types are the test command's business.
check "npm pack" npm pack --pack-destination "$work"
tarball=$(ls "$work"/weir-*.tgz 2>/dev/null)
[ -n "$tarball" ] || finish
tar -tzf "$tarball" | sort >"$work/files"
echo "$(wc -l <"$work/files") files, $(wc -c <"$tarball") bytes packed, $(gzip -dc "$tarball" | wc -c) unpacked"
holds_nothing_else() {
  ! grep -E '\.py$|\.test\.|/testing/|/golden|/train/|\.map$|^package/(src|test|bench|lanes|node_modules)/' "$work/files"
}
holds_what_it_must() {
  for file in package.json README.md LICENSE dist/cli/main.js dist/engine/main.js dist/engine/probeMain.js dist/index.js dist/index.d.ts demo/klein.json tokenizers/t5.json.gz tokenizers/clip.json.gz web/index.html web/style.css dist/web/main.js; do
    grep -qx "package/$file" "$work/files" || { echo "$file is missing" && return 1; }
  done
}
check "no Python, tests, goldens or sources inside" holds_nothing_else
check "all that runs is inside" holds_what_it_must

cd "$work/user" || exit 1
npm init -y >/dev/null
check "npm install" npm install --no-fund --no-audit "$tarball"
check "no development dependency came along" test ! -e node_modules/vitest -a ! -e node_modules/typescript
check "npx weir --version" bash -c 'npx weir --version | grep -qx "$(node -p "require(\"weir/package.json\").version")"'
check "npx weir doctor" npx weir doctor --device cpu
picture() { [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]; }
demo() { npx weir demo "a big yellow star in a night sky" && picture weir-demo.png; }
check "npx weir demo" demo
check "npx weir inspect" npx weir inspect node_modules/weir/demo/models/vae/weir-demo-vae.safetensors

# The library's example under the strictest settings, as a project of its own would check and run it.
cp "$here/examples/ts/picture.ts" picture.ts
check "npm install typescript" npm install --no-fund --no-audit -D "typescript@$(node -p "require('$here/node_modules/typescript/package.json').version")" "@types/node@20"
compile() {
  npx tsc --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --skipLibCheck false --module nodenext --target es2023 \
    --lib es2023,esnext.disposable --types node --outDir made picture.ts
}
npm pkg set type=module >/dev/null
check "tsc --strict on the example" compile
example() { node made/picture.js | tee out && picture "$(tail -n 1 out)"; }
check "the example makes a picture" example
check "nothing is written into the package" test ! -e node_modules/weir/demo/output
finish
