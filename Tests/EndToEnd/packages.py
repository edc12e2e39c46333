"""Installs Debian packages."""

import os
import subprocess


def install(package):
    """Installs a package and the packages that it needs."""
    root = [] if os.getuid() == 0 else ["sudo"]
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        subprocess.run([*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments], check=True)
