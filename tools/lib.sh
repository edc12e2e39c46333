# What the scripts beside this one share; source it.

# Installs the Debian packages that are missing among those named, and says so.
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

# Installs Microsoft's Python SDK for Graph into a folder of its own below .build, if it is not there.
need_sdk() {
  local version=1.66.0
  [ "$(cat .build/sdk/version 2>/dev/null)" = "$version" ] && return
  echo "Installing msgraph-beta-sdk $version …" >&2
  rm -rf .build/sdk
  python3 -m venv .build/sdk
  .build/sdk/bin/pip install --quiet --disable-pip-version-check "msgraph-beta-sdk==$version" >&2
  echo "$version" >.build/sdk/version
}

# Ends the script where there is no Swift toolchain.
need_swift() {
  command -v swift >/dev/null || {
    echo "Reflog needs a Swift toolchain, 6.2 or later, on the PATH: https://swift.org/install" >&2
    exit 1
  }
}
