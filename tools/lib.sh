# Functions that several scripts in tools use. Load this file with `. tools/lib.sh`.

# need PACKAGE…: installs those of the given Debian packages that are missing, and prints their names.
need() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "Installing ${missing[*]} …" >&2
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  "${root[@]}" apt-get update -qq >&2
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Installs packages for the tests in the folder .build/sdk, if they are missing: Microsoft's Python SDK for Graph, Selenium,
# Standard Webhooks and axe-core. The package with axe-core is installed without its dependencies, because the tests do not
# need them.
need_sdk() {
  local packages="msgraph-beta-sdk==1.66.0 selenium==4.51.0 standardwebhooks==1.1.0" axe=axe-playwright-python==0.1.8
  [ "$(cat .build/sdk/version 2>/dev/null)" = "$packages $axe" ] && return
  echo "Installing $packages $axe …" >&2
  rm -rf .build/sdk
  python3 -m venv .build/sdk
  # The shell must split the list into one argument per package.
  # shellcheck disable=SC2086
  .build/sdk/bin/pip install --quiet --disable-pip-version-check $packages >&2
  .build/sdk/bin/pip install --quiet --disable-pip-version-check --no-deps "$axe" >&2
  echo "$packages $axe" >.build/sdk/version
}

# Installs the web frameworks for `tools/bench peers` in the folder .build/peers, if they are missing.
need_peers() {
  local packages="django==5.2.19 django-simple-history==3.13.0 gunicorn==27.0.1"
  packages+=" starlette==1.10.0 asyncpg==0.32.0 uvicorn==0.54.0 httptools==0.9.0 uvloop==0.23.0"
  [ "$(cat .build/peers/version 2>/dev/null)" = "$packages" ] && return
  echo "Installing $packages …" >&2
  rm -rf .build/peers
  python3 -m venv .build/peers
  # The shell must split the list into one argument per package.
  # shellcheck disable=SC2086
  .build/peers/bin/pip install --quiet --disable-pip-version-check $packages >&2
  echo "$packages" >.build/peers/version
}

# Ends the script if there is no Swift toolchain.
need_swift() {
  command -v swift >/dev/null || {
    echo "Reflog needs a Swift toolchain, 6.2 or later, on the PATH: https://swift.org/install" >&2
    exit 1
  }
}

# The flags of `swift build`, and the folder of the build.
build_flags=()
build=${BUILD_FOLDER:-$PWD/.build}

# Chooses the build with PostgreSQL for this script and for the programs that it starts, and installs what the build needs.
#
# The build with PostgreSQL has a separate folder. So if you switch between the two builds, no code is compiled again. Each
# build needs about 2 GB. If BUILD_FOLDER is already set, that folder is used.
use_postgresql() {
  need libpq-dev postgresql python3
  export BUILD_FOLDER=${BUILD_FOLDER:-$PWD/.build-postgresql} BUILD_TRAITS=PostgreSQL
  build=$BUILD_FOLDER
  build_flags=(--scratch-path "$build" --traits "$BUILD_TRAITS")
}
