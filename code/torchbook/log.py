"""A run's log is a text file with one JSON object a line, that a page reads and plots.

No times are in it: a run that was interrupted leaves the same bytes as one that was not.
Chapter: training.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any


class Log:
    """`with Log(path, size) as log:` go on after the first `size` bytes; later ones are cut off.

    `lines` holds all the lines as dictionaries, earlier ones too.  Without a path, only there.
    ValueError if the file has fewer bytes than `size`: somebody has changed it.  Chapter: training.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "log.jsonl")
    >>> with Log(path) as log:
    ...     log.write(step=1, loss=2.5)
    ...     size = log.size()
    ...     log.write(step=2, loss=2.25)
    >>> with Log(path, size) as log:
    ...     log.lines
    [{'step': 1, 'loss': 2.5}]
    """

    def __init__(self, path: Path | None, size: int = 0) -> None:
        self.lines: list[dict[str, Any]] = []
        self.path = path
        self.file = None if path is None else path.open("a+b")
        if self.file is not None:
            if (found := self.size()) < size:
                self.file.close()
                raise ValueError(
                    f"{path} has {found} bytes, but its run had written {size}: put back the file "
                    f"as it was, or start in another folder"
                )
            self.file.truncate(size)
            self.file.seek(0)
            self.lines = [json.loads(line) for line in self.file]

    def write(self, **values: float) -> None:
        """Add a line.  OSError if the disk is full."""
        self.lines.append(values)
        if self.file is not None:
            try:
                self.file.write(json.dumps(values).encode() + b"\n")
                self.file.flush()
            except OSError as error:
                raise OSError(
                    f"{self.path} could not be written ({error}): make room on the disk, then "
                    f"start again; the run goes on from its last checkpoint"
                ) from error

    def size(self) -> int:
        """Bytes so far, which are on the disk when this returns."""
        if self.file is None:
            return 0
        os.fsync(self.file.fileno())
        return os.fstat(self.file.fileno()).st_size

    def __enter__(self) -> "Log":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.file is not None:
            with suppress(OSError):  # what could not be written has been reported by `write`
                self.file.close()


def read_log(folder: str | Path) -> list[dict[str, Any]]:
    """The lines of a run's log, each a dictionary: step, loss, lr, gradient_norm and, where it was
    evaluated, validation_loss; losses in nats per target.  Chapter: training.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "log.jsonl").write_text('{"step": 1, "loss": 2.5}\\n')
    >>> read_log(folder)
    [{'step': 1, 'loss': 2.5}]
    """
    text = Path(folder, "log.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
