"""A folder belongs to one run at a time: a second one is told so.  Chapter: checkpoints."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from torchbook.atomic import ASIDE


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """`with only_run(folder):` nobody else writes there; makes the folder, and clears leftovers.

    RuntimeError if another run is at it, OSError if it cannot be written.  The operating system
    takes the lock from a process that ends, however it ends.  Chapter: checkpoints.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, only_run(Path(folder)):
    ...     print("alone")
    alone
    """
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise RuntimeError(
            f"another run is writing in {folder}: wait until it ends, or take another folder"
        ) from error
    except OSError as error:
        raise OSError(
            f"nothing can be written in {folder} ({error}): take another folder, or have this one "
            f"made writable"
        ) from error
    try:
        for leftover in folder.glob(f"step-*{ASIDE}"):
            shutil.rmtree(leftover)
        yield
    finally:
        lock.release()
