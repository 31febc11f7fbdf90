"""See to it that there is a Chromium for the browser tests, or end with a reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Do nothing where a browser is found; else install Debian's, as root or with a password-free sudo."""
    named = os.environ.get("PITCHFEST_CHROMIUM")
    if named and not shutil.which(named):
        sys.exit(f"Stopped: PITCHFEST_CHROMIUM names {named}, which is not a program.")
    if named or any(map(shutil.which, NAMES)):
        return
    print("Installing Chromium for the browser tests …", flush=True)
    if not (shutil.which("apt-get") and installed(["chromium", "fonts-liberation"])):
        sys.exit(
            "Stopped: the browser tests need Chromium, and it could not be installed. "
            "Install it, or name one with PITCHFEST_CHROMIUM=/path/to/chromium."
        )


def installed(packages: list[str]) -> bool:
    """Whether apt could install the packages."""
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if root and not shutil.which("sudo"):
        return False
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    steps = ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages])
    return all(quietly(step) for step in steps)


def quietly(command: list[str]) -> bool:
    """Run a program without its chatter (errors still show) and tell whether it did what it should."""
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return done.returncode == 0


if __name__ == "__main__":
    main()
