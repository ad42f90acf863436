"""What a fresh machine lacks is said in one sentence."""

import ast
import os
import subprocess
import sys

import pytest

import setup_env
from execute import ROOT


def test_too_old_a_python_and_too_small_a_disk_are_said_first():
    too_old = setup_env.problem((3, 11, 4), 10**11)
    assert "needs Python 3.11.5 or newer, and this is 3.11.4" in too_old
    assert setup_env.problem((3, 9, 18), 10**11)
    assert "and there are 0.5 GB" in setup_env.problem((3, 12, 0), 5 * 10**8)
    assert setup_env.problem((3, 11, 5), 10**11) is None


def test_an_old_python_can_read_what_tells_it_so():
    source = (ROOT / "tools" / "setup_env.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    assert "from __future__ import annotations" in source, "or `str | None` stops it first"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "disk filled up"),
        ("error: command 'gcc' failed: No such file or directory", "no C compiler"),
        ("ERROR: No matching distribution found for torch==2.13.0", "does not exist for this"),
        ("something else", "its own words are above"),
    ],
)
def test_a_failed_installation_is_explained(output, words):
    assert words in setup_env.explain(output)


def test_the_environment_is_made_only_when_the_pins_changed(tmp_path):
    """make decides by dates: with a marker newer than the pins, nothing is installed."""
    for name in ("Makefile", "requirements.txt", "requirements-data.txt", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "setup_env.py").write_text("print('INSTALLING')", encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to("/bin/true")

    def made() -> bool:
        command = ["make", "book", f"PYTHON={sys.executable}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return "INSTALLING" in done.stdout

    assert made()
    (tmp_path / ".venv" / "ready").touch()
    assert not made()
    later = os.stat(tmp_path / ".venv" / "ready").st_mtime + 10
    for name in ("requirements.txt", "requirements-data.txt"):
        os.utime(tmp_path / name, (later, later))
        assert made()
        os.utime(tmp_path / name, (0, 0))
