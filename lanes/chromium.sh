# What the lanes in a browser share; for `source`, at their start. Sets $here (the repository), $work (a scratch folder that goes at the end) and
# $chromium, installs playwright-core into $work/browser, and ends the lane as skipped where that is not to be had.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
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
mkdir "$work/base" "$work/browser"
(cd "$work/browser" && npm init -y >/dev/null && npm install --no-fund --no-audit --silent playwright-core@1.65.1) || skip "playwright-core does not install here"

# `weir serve` with the demo's models, and these flags: sets $url, with what it says in $work/log.
serve() {
  node "${WEIR:-$here/dist/cli/main.js}" serve --device cpu --port 0 --base-directory "$work/base" --models-directory "$here/demo/models" "$@" 2>"$work/log" &
  server=$!
  for _ in $(seq 600); do
    url=$(sed -n 's/^weir .*: \(http:.*\)$/\1/p' "$work/log" | head -n 1)
    [ -n "$url" ] && return
    sleep 0.1
  done
  echo "weir serve did not start:" && cat "$work/log" && exit 1
}

# Runs a script of this folder in the browser's folder, SECONDS at most, and ends the lane with what came of it.
browse() {
  local seconds=$1 script=$2
  if (cd "$work/browser" && timeout "$seconds" node "$here/lanes/$script" "$url" "${@:3}"); then
    echo "1 passed, 0 failed"
  else
    cat "$work/log"
    echo "0 passed, 1 failed"
    exit 1
  fi
}
