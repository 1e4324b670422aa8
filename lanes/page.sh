#!/usr/bin/env bash
# ComfyUI's own page on `weir serve`: fetched from PyPI into a scratch folder (it is GPL-3 and never part of Weir), opened in headless Chromium, the
# demo's workflow loaded and run, until its picture is on the page. Needs pip, npm, a built dist/ and Chromium (CHROMIUM names it, else it is
# looked for; on Debian: apt-get install chromium). SCREENSHOT names the picture of the page. The last line is `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
skip() { echo "skipped: $1" && echo "0 passed, 0 failed" && exit 0; }
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
chromium=${CHROMIUM:-$(find_chromium)}
# CI's machine is its own to install on; a person is asked.
if [ -z "$chromium" ] && [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  timeout 120 apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq chromium >/dev/null
  chromium=$(find_chromium)
fi
[ -n "$chromium" ] || skip "no Chromium; on Debian: apt-get install chromium"
work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
screenshot=${SCREENSHOT:-$work/page.png}
mkdir "$work/base" "$work/page" "$work/browser"
python3 -m pip download --quiet --no-deps --dest "$work" comfyui-frontend-package==1.49.6 || skip "the page cannot be fetched here"
python3 -m zipfile -e "$work"/comfyui_frontend_package-*.whl "$work/page" || exit 1
(cd "$work/browser" && npm init -y >/dev/null && npm install --no-fund --no-audit --silent playwright-core@1.65.1) || skip "playwright-core does not install here"
node "$here/dist/cli/main.js" serve --device cpu --port 0 --base-directory "$work/base" --models-directory "$here/demo/models" \
  --front-end-root "$work/page/comfyui_frontend_package/static" --preview-method latent2rgb 2>"$work/log" &
server=$!
for _ in $(seq 600); do
  url=$(sed -n 's/^weir .*: \(http:.*\)$/\1/p' "$work/log" | head -n 1)
  [ -n "$url" ] && break
  sleep 0.1
done
[ -n "$url" ] || { echo "weir serve did not start:" && cat "$work/log" && exit 1; }
if (cd "$work/browser" && timeout 600 node "$here/lanes/page.mjs" "$url" "$here/demo/klein.json" "$chromium" "$screenshot"); then
  cat "$work/log"
  echo "1 passed, 0 failed"
else
  cat "$work/log"
  echo "0 passed, 1 failed"
  exit 1
fi
