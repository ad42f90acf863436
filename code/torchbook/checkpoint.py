"""A checkpoint is a folder of numbers: tensors as safetensors, the rest as JSON, nothing to run.

A run's folder holds one, `step-00000100` for example, for each of the last few saves; the number is
of the steps made.  What is in it is `torchbook.run_state`'s business.  Chapter: checkpoints.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from torchbook.atomic import ASIDE, read_sums, remove_folder, whole_folder
from torchbook.weights import read_safetensors

FORMAT = "torchbook checkpoint 1"
Tensors = Mapping[str, Mapping[str, Tensor]]  # {"model": {"0.weight": ...}, "optimizer": ...}


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """`with only_run(folder):` nobody else writes there; makes the folder, and clears leftovers.

    RuntimeError if another process is at it.  The operating system takes the lock from a process
    that ends, however it ends.  Chapter: checkpoints.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, only_run(Path(folder)):
    ...     print("alone")
    alone
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(blocking=False)
    except (Timeout, RuntimeError) as error:
        raise RuntimeError(
            f"another run is writing in {folder}: wait until it ends, or take another folder"
        ) from error
    with lock:
        lock.release()  # `with` has acquired it a second time
        for leftover in folder.glob(f"step-*{ASIDE}"):
            remove_folder(leftover)
        yield


def write_checkpoint(
    folder: Path, step: int, tensors: Tensors, rest: Mapping[str, Any], keep: int
) -> Path:
    """Save a checkpoint, whole or not at all, and delete all but the last `keep`; -> its folder.

    `rest` is what JSON can say.  OSError if the disk is full or cannot be written; the checkpoints
    that are there stay as they are.  Chapter: checkpoints.

    >>> import tempfile, torch
    >>> with tempfile.TemporaryDirectory() as run:
    ...     for step in 10, 20, 30:
    ...         _ = write_checkpoint(
    ...             Path(run), step, {"model": {"w": torch.ones(2)}}, {"best": 0.5}, keep=2
    ...         )
    ...     [path.name for path in checkpoints(Path(run))], read_checkpoint(newest(Path(run)))
    (['step-00000020', 'step-00000030'], ({'model': {'w': tensor([1., 1.])}}, {'best': 0.5}))
    """
    path = folder / f"step-{step:08}"
    state = {"format": FORMAT, "parts": sorted(tensors), "rest": rest}
    try:
        with whole_folder(path) as aside:
            for part, named in tensors.items():
                save_file(apart(named), aside / f"{part}.safetensors")
            text = json.dumps(state, allow_nan=False)
            (aside / "state.json").write_text(text, encoding="utf-8")
    except (OSError, SafetensorError) as error:
        before = [f"{path} is as it was" for path in checkpoints(folder)[-1:]]
        raise OSError(
            f"no checkpoint could be written to {path} ({error}); "
            f"{before[0] if before else 'there is none yet'}: make room on the disk, or have the "
            f"folder made writable, then start again"
        ) from error
    for old in checkpoints(folder)[:-keep]:
        remove_folder(old)
    return path


def checkpoints(folder: Path) -> list[Path]:
    """The folders of a run's checkpoints, oldest first.

    >>> checkpoints(Path("not/there"))
    []
    """
    return sorted(path for path in folder.glob("step-*") if re.fullmatch(r"step-\d+", path.name))


def newest(folder: Path) -> Path | None:
    """The last checkpoint of a run, every byte of it checked; None if there is none.

    ValueError if it is damaged, which names it and the last good one.  It does not go back to that
    by itself: nobody should lose steps without knowing, or trust a disk that alters files.
    Chapter: checkpoints.
    """
    damaged: dict[Path, ValueError] = {}
    for path in reversed(checkpoints(folder)):
        try:
            read_sums(path)
        except ValueError as error:
            damaged[path] = error
        else:
            break
    else:
        path = None
    if not damaged:
        return path
    names = ", ".join(map(str, damaged))
    raise ValueError(
        f"{next(iter(damaged.values()))}. "
        + (f"{path} is whole" if path else "No earlier checkpoint is whole")
        + f": delete {names}, and the run starts again {f'from {path.name}' if path else 'anew'}"
    )


def read_checkpoint(path: Path) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
    """The tensors and the rest, as `write_checkpoint` was given them.

    Nothing in the files is run: not even a pickle with a name of ours.  ValueError if a file is of
    another format.  Chapter: checkpoints.
    """
    try:
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        known = isinstance(state, dict) and state.get("format") == FORMAT
    except (OSError, ValueError):
        known = False
    if not known:
        raise ValueError(f"{path} is no {FORMAT!r}: read it with the program that wrote it")
    tensors = {part: read_safetensors(path / f"{part}.safetensors") for part in state["parts"]}
    return tensors, state["rest"]


def apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors, but none shares memory with another, as tied weights do: a file cannot.

    >>> import torch
    >>> weight = torch.ones(2)
    >>> saved = apart({"embed": weight, "unembed": weight})
    >>> saved["embed"].data_ptr() == weight.data_ptr() != saved["unembed"].data_ptr()
    True
    """
    seen: set[int] = set()
    own = {}
    for name, tensor in tensors.items():
        address = tensor.untyped_storage().data_ptr()
        own[name] = tensor.clone() if address in seen else tensor.contiguous()
        seen.add(address)
    return own
