#!/usr/bin/env bash
# Software Vulkan: the identity test and a few goldens on lavapipe, a Vulkan device that runs on the CPU and has memory of its own, as graphics
# cards do. Mesa comes from the distribution (Debian 12: from its backports, the release's own is too old for ggml) and is unpacked into a
# folder of the cache: nothing is installed, no root is needed, and other programs do not see it. Shaders compile for minutes when Mesa's
# cache is empty; what is compiled stays for the next run. Last line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."
minutes=8
cache=${XDG_CACHE_HOME:-$HOME/.cache}/weir/vulkan
mkdir -p "$cache" || exit 1

skip() { echo "skipped: $*"; echo "0 passed, 0 failed"; exit 0; }

# Downloads Mesa's Vulkan drivers, and what this system lacks of their libraries, with lists and archives in folders of their own.
fetch() {
  local list=$cache/sources.list uri release component
  # the system's own mirror; backports beside it where the release needs them
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null | sort -u |
    while read -r uri release component; do
      case $release in *-security | *-updates | *-backports) continue ;; esac
      [ "$component" = main ] || continue
      printf 'deb %s %s main\n' "$uri" "$release"
      [ "$release" = bookworm ] && printf 'deb %s bookworm-backports main\n' "$uri"
    done >"$list"
  [ -s "$list" ] || return 1
  mkdir -p "$cache"/apt/lists/partial "$cache"/apt/archives/partial
  local options=(
    -q -o Dir::Etc::SourceList="$list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$cache/apt/lists"
    -o Dir::Cache="$cache/apt" -o Debug::NoLocking=1 -o APT::Sandbox::User=
  )
  local target=()
  grep -q bookworm-backports "$list" && target=(-t bookworm-backports)
  timeout 120 apt-get "${options[@]}" update >"$cache/apt.log" 2>&1 &&
    timeout 120 apt-get "${options[@]}" "${target[@]}" -y -d --no-install-recommends --reinstall \
      install mesa-vulkan-drivers libvulkan1 >>"$cache/apt.log" 2>&1 || return 1
  rm -rf "$cache/unpacking"
  local archive
  for archive in "$cache"/apt/archives/*.deb; do dpkg-deb -x "$archive" "$cache/unpacking" || return 1; done
  rm -rf "$cache/mesa" "$cache/apt"
  mv "$cache/unpacking" "$cache/mesa"
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || skip "software Vulkan is set up on Linux x64 only"
driver() { find "$cache/mesa" -name libvulkan_lvp.so 2>/dev/null | head -n 1; }
if [ -z "$(driver)" ]; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip "there is no apt to get Mesa with"
  fetch || skip "Mesa could not be fetched: $(tail -n 1 "$cache/apt.log" 2>/dev/null)"
fi
[ -n "$(driver)" ] || skip "this system's Mesa has no lavapipe"
libraries=$(dirname "$(driver)")
printf '{"file_format_version":"1.0.0","ICD":{"library_path":"%s","api_version":"1.3.0"}}\n' "$(driver)" >"$cache/lavapipe.json"

# ggml leaves CPU devices out unless they are named.
export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} GGML_VK_VISIBLE_DEVICES=0
export VK_DRIVER_FILES=$cache/lavapipe.json VK_ICD_FILENAMES=$cache/lavapipe.json
export MESA_SHADER_CACHE_DIR=$cache/shaders MESA_SHADER_CACHE_MAX_SIZE=2G
mkdir -p "$MESA_SHADER_CACHE_DIR"

timeout -k 10 $((minutes * 60)) node --import jiti/register test/vulkan/main.ts | tee "$cache/last.log"
status=${PIPESTATUS[0]}
if [ $status -eq 124 ] || [ $status -eq 137 ]; then
  # With shaders compiled it takes a minute or two: then this is a hang. With an empty cache the next run gets further.
  [ -e "$cache/complete" ] || skip "shaders were still compiling after $minutes minutes; run it again, it goes on from there"
  echo "stopped after $minutes minutes, with all shaders compiled before"
  echo "0 passed, 1 failed"
  exit 1
fi
[ $status -eq 0 ] && touch "$cache/complete"
# A crash of the process, in the driver or before the first check, leaves no last line.
if [ $status -ne 0 ] && ! tail -n 1 "$cache/last.log" | grep -q ' failed$'; then
  echo "the process ended with status $status"
  echo "0 passed, 1 failed"
fi
exit $status
