#!/usr/bin/env bash
# Installs and builds what is missing or out of date, then runs the gateway in this very process.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "$*" >&2
  exit 1
}

command -v node >/dev/null || fail "Node.js 20.19 or newer is needed: https://nodejs.org/en/download"
IFS=. read -r major minor _ <<<"$(node --version | tr -d v)"
if ((major < 20 || (major == 20 && minor < 19))); then
  fail "Node.js $major.$minor is too old: 20.19 or newer is needed: https://nodejs.org/en/download"
fi

# Native modules compile against the system's Node headers where they fit, instead of downloading them.
use_system_headers() {
  [[ -f /usr/include/node/node.h && -f /usr/include/node/node_version.h ]] || return 0
  grep -q "NODE_MAJOR_VERSION $major\$" /usr/include/node/node_version.h || return 0
  case "$(npm config get nodedir 2>/dev/null)" in '' | undefined | null) export npm_config_nodedir=/usr ;; esac
}

if [[ ! -f node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
  echo "Installing packages (this takes a minute or two the first time) ..."
  (
    use_system_headers
    # Dev packages build the program, whatever NODE_ENV says.
    npm ci --include=dev --no-audit --no-fund --loglevel=error
  )
fi

is_built() {
  [[ -f .next/BUILD_ID ]] || return 1
  local sources=() path
  for path in app components i18n lib messages prisma public scripts instrumentation.ts next.config.mjs postcss.config.mjs proxy.ts server.mjs package-lock.json; do
    [[ -e $path ]] && sources+=("$path")
  done
  [[ -z $(find "${sources[@]}" -newer .next/BUILD_ID -print -quit) ]]
}

if ! is_built; then
  echo "Building ..."
  # A half-finished build must not pass for a whole one next time.
  output=$(mktemp)
  trap 'cat "$output" >&2; rm -f .next/BUILD_ID "$output"' EXIT
  NEXT_TELEMETRY_DISABLED=1 npm run --silent build >"$output" 2>&1
  trap - EXIT
  rm -f "$output"
fi

export NODE_ENV=production
exec node server.mjs
