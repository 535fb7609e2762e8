#!/usr/bin/env bash
# Builds the dashboard into OUTPUT_DIR, or runs its unit tests. Called by Maven; works alone as well.
#   build.sh OUTPUT_DIR   install what the lock file names, check types, build; each only when something changed
#   build.sh --test       unit tests
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
state=target/front-end

fail() {
  echo "dashboard: $*" >&2
  exit 1
}

[ $# -eq 1 ] || { echo "usage: build.sh OUTPUT_DIR | --test" >&2; exit 2; }

needed='Node.js 20.19 or later (of 22, 22.12 or later) is needed'
command -v node > /dev/null || fail "found no node on the PATH; $needed"
found=$(node --version 2> /dev/null) || fail "$(command -v node) does not run; $needed"
IFS=. read -r major minor _ <<< "${found#v}"
case $major in
  20) [ "$minor" -ge 19 ] || fail "found Node.js $found at $(command -v node); $needed" ;;
  22) [ "$minor" -ge 12 ] || fail "found Node.js $found at $(command -v node); $needed" ;;
  *) [ "$major" -gt 22 ] || fail "found Node.js $found at $(command -v node); $needed" ;;
esac
command -v npm > /dev/null || fail "found Node.js $found but no npm on the PATH; npm installs the pinned build tools"

# One line for the names and contents of the files and folders given.
fingerprint() {
  find "$@" -type f | LC_ALL=C sort | while IFS= read -r file; do
    printf '%s\n' "$file"
    cat "$file"
  done | cksum
}

# Runs a command silently; shows what it said only when it fails.
quietly() {
  local what=$1 log=$state/$2.log
  shift 2
  "$@" > "$log" 2>&1 || {
    cat "$log" >&2
    fail "$what failed (its output stands above and in dashboard/$log)"
  }
}

mkdir -p "$state"

installed="$found $(fingerprint package.json package-lock.json .npmrc)"
if [ ! -d node_modules ] || [ "$(cat "$state/installed" 2> /dev/null)" != "$installed" ]; then
  echo 'dashboard: installing the pinned build tools'
  rm -f "$state/installed"
  quietly 'npm ci' install npm ci --no-audit --no-fund --loglevel=error
  echo "$installed" > "$state/installed"
fi

if [ "$1" = --test ]; then
  quietly 'bundling the tests' bundle node_modules/.bin/vite build --config vite.test.config.ts
  tests=$(find target/test-js -name '*.test.js')
  # shellcheck disable=SC2086 # file names of ours, without spaces
  quietly 'a unit test' test node --test --test-reporter=spec $tests
  grep -E '^ℹ (tests|pass|fail) ' "$state/test.log" | sed 's/^ℹ/dashboard:/'
  exit 0
fi

output=$1
case $output in /*) ;; *) output=$called_from/$output ;; esac
built="$output $installed $(fingerprint src index.html tsconfig.json vite.config.ts)"
if [ -f "$output/index.html" ] && [ "$(cat "$state/built" 2> /dev/null)" = "$built" ]; then
  exit 0
fi
rm -f "$state/built"
echo 'dashboard: checking types and building'
quietly 'the type check' types node_modules/.bin/tsc --noEmit --pretty false
DASHBOARD_OUT=$output quietly 'the build' build node_modules/.bin/vite build
echo "$built" > "$state/built"
