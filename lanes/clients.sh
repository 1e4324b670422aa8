#!/usr/bin/env bash
# Three npm clients of ComfyUI against `weir serve`, by the recorded checks beside the checkout (../shared). Needs the npm registry and a built dist/.
# The last line is `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
skip() { echo "skipped: $1" && echo "0 passed, 0 failed" && exit 0; }
clients="$here/../shared/golden/api/clients"
[ -d "$clients" ] || skip "no checks of clients beside the checkout"
work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/clients" "$work/base"
cp "$clients"/* "$work/clients"
chmod -R u+w "$work/clients"
(cd "$work/clients" && npm install --no-fund --no-audit --silent) || skip "the clients do not install here"
node "$here/dist/cli/main.js" serve --device cpu --port 0 --base-directory "$work/base" 2>"$work/log" &
server=$!
for _ in $(seq 600); do
  url=$(sed -n 's/^weir .*: \(http:.*\)$/\1/p' "$work/log" | head -n 1)
  [ -n "$url" ] && break
  sleep 0.1
done
[ -n "$url" ] || { echo "weir serve did not start:" && cat "$work/log" && exit 1; }

passed=0
failed=0
for client in comfy-ui-client stable-canvas saintno; do
  (cd "$work/clients" && timeout 300 node "$client.mjs" --url "$url") >"$work/out" 2>&1
  grep -E ' FAIL ' "$work/out" | sed "s/^/$client: /"
  read -r ok bad < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/out" | tail -n 1)
  # A client that ends without its last line has crashed.
  if [ -z "${ok:-}" ]; then ok=0 && bad=1 && tail -n 5 "$work/out"; fi
  echo "$client: $ok passed, $bad failed"
  passed=$((passed + ok))
  failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
