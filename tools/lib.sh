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

# Ends the script where there is no Swift toolchain.
need_swift() {
  command -v swift >/dev/null || {
    echo "Reflog needs a Swift toolchain, 6.2 or later, on the PATH: https://swift.org/install" >&2
    exit 1
  }
}
