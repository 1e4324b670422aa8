#!/usr/bin/env bash
# ComfyUI's own page on `weir serve`: fetched from PyPI into a scratch folder (it is GPL-3 and never part of Weir), opened in headless Chromium, the
# demo's workflow loaded and run, until its picture is on the page. Needs pip, npm, a built dist/ and Chromium (CHROMIUM names it, else it is
# looked for; on Debian: apt-get install chromium). SCREENSHOT names the picture of the page. The last line is `N passed, N failed`.
set -uo pipefail
source "$(dirname "$0")/chromium.sh"
mkdir "$work/page"
python3 -m pip download --quiet --no-deps --dest "$work" comfyui-frontend-package==1.49.6 || skip "the page cannot be fetched here"
python3 -m zipfile -e "$work"/comfyui_frontend_package-*.whl "$work/page" || exit 1
serve --front-end-root "$work/page/comfyui_frontend_package/static" --preview-method latent2rgb
browse 600 page.mjs "$here/demo/klein.json" "$chromium" "${SCREENSHOT:-$work/page.png}"
