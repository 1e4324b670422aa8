#!/usr/bin/env bash
# The recorded transcripts of ComfyUI against `weir serve`: a server of its own for each set of flags that some of them need. Needs the recordings
# beside the checkout (../shared) and a built dist/. What fails though a reason is listed below is told with it and counts as known; anything
# else fails. The last line is `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
recorded="$here/../shared/golden/api"
if [ ! -d "$recorded" ]; then
  echo "no recordings beside the checkout: nothing to replay"
  exit 0
fi
work=$(mktemp -d)
server=
stop() { [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; server=; }
trap 'stop; rm -rf "$work"' EXIT

# Transcript, and why it cannot pass yet: none now. A line of it: `NAME) echo "needs ..." ;;`
known() {
  case $1 in
    *) ;;
  esac
}

passed=0
failed=0
waiting=0
replay() { # FLAGS...
  local base="$work/base$passed" port
  mkdir -p "$base"
  # The last server's log would name a port where nobody listens any more.
  : >"$work/log"
  node "$here/dist/cli/main.js" serve --device cpu --port 0 --base-directory "$base" "$@" 2>"$work/log" &
  server=$!
  for _ in $(seq 600); do
    port=$(sed -n 's/^weir .*:\([0-9]*\)$/\1/p' "$work/log" | head -n 1)
    [ -n "$port" ] && break
    sleep 0.1
  done
  if [ -z "$port" ]; then
    echo "weir serve $* did not start:" && cat "$work/log"
    failed=$((failed + 1))
    return
  fi
  (cd "$here" && node "$recorded/replay.mjs" --url "http://127.0.0.1:$port" --base "$base" ${ONLY:+--only "$ONLY"} --args "$*" "$recorded/transcripts") >"$work/out"
  while read -r name verdict rest; do
    case $verdict in
      ok) passed=$((passed + 1)) ;;
      skip)
        case $rest in
          "server has no "*) waiting=$((waiting + 1)) && echo "$name waits: ${rest/server has no/needs}" ;;
        esac
        ;;
      FAIL)
        reason=$(known "$name")
        if [ -n "$reason" ]; then
          waiting=$((waiting + 1)) && echo "$name waits: $reason"
        else
          failed=$((failed + 1)) && echo "$name FAILED $rest"
        fi
        ;;
    esac
  done <"$work/out"
  stop
}

replay
replay --disable-metadata
replay --cache-none
replay --cache-lru 1
replay --multi-user
replay --enable-cors-header
replay --max-upload-size 1
echo "$waiting wait for what is not built"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
