"""A folder is written whole or not at all, and one flipped bit in it is noticed.

It is filled under another name, waits until it is on the disk, and is renamed only then: a killed
process or a full disk leaves the old state.  A list of SHA-256 digests, which `sha256sum --check`
reads too, tells a file that was cut off or altered later.  Chapter: checkpoints.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUMS = "SHA256SUMS"
ASIDE = ".part"  # the end of a name that nobody should read


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """`with whole_folder(path) as aside:` write into `aside`; at the end it becomes `path`.

    If anything is raised, `path` is as before.  FileExistsError if `path` is there already.
    Chapter: checkpoints.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as run:
    ...     with whole_folder(Path(run, "step-1")) as aside:
    ...         _ = (aside / "loss").write_text("2.5")
    ...     read_sums(Path(run, "step-1")).keys()
    dict_keys(['loss'])
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already: delete it, or take another folder")
    aside = path.with_name(path.name + ASIDE)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        sums = [f"{sha256_of(file)}  {file.name}\n" for file in sorted(aside.iterdir())]
        (aside / SUMS).write_text("".join(sums), encoding="utf-8")
        for file in [*aside.iterdir(), aside]:
            to_disk(file)
        aside.rename(path)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    to_disk(path.parent)


def read_sums(path: Path) -> dict[str, str]:
    """{file: SHA-256} of a folder that `whole_folder` wrote, each file read and found unaltered.

    ValueError that names the file which is missing, cut off or altered.  Chapter: checkpoints.
    """
    try:
        *lines, end = (path / SUMS).read_bytes().decode().split("\n")
        sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
        if end:
            raise ValueError("its last line has no end")
    except (OSError, ValueError) as error:
        raise ValueError(f"{path / SUMS} is missing or damaged ({error})") from error
    for name, digest in sums.items():
        if Path(name).name != name or not (path / name).is_file():
            raise ValueError(f"{path / name} is missing")
        if (found := sha256_of(path / name)) != digest:
            raise ValueError(
                f"{path / name} is cut off or altered: its SHA-256 is {found}, not {digest}"
            )
    return sums


def remove_folder(path: Path) -> None:
    """Delete a folder, under another name: killed half-way, it leaves nothing that looks whole.

    >>> remove_folder(Path("not/there"))
    """
    if path.exists():
        aside = path.with_name(path.name + ASIDE)
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    """Wait until the operating system has written a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
