#!/usr/bin/env bash
# Weir's own page on `weir serve`, in headless Chromium: a picture is asked for and appears, another one is cancelled. Needs npm, a built dist/ and
# Chromium (CHROMIUM names it, else it is looked for; on Debian: apt-get install chromium). SCREENSHOTS names a folder for pictures of the page. The
# last line is `N passed, N failed`.
set -uo pipefail
source "$(dirname "$0")/chromium.sh"
shots=${SCREENSHOTS:-$work/shots}
mkdir -p "$shots"
serve
browse 600 web.mjs "$chromium" "$shots"
