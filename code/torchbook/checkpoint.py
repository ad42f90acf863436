"""A checkpoint is a folder of numbers: tensors as safetensors, the rest as JSON, nothing to run.

A run's folder holds one, `step-00000100` for example, for each of the last few saves; the number is
of the steps made.  What is in it is `torchbook.run_state`'s business.  Chapter: checkpoints.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from torchbook.atomic import read_sums, remove_folder, whole_folder

FORMAT = "torchbook checkpoint 1"
Tensors = Mapping[str, Mapping[str, Tensor]]  # {"model": {"0.weight": ...}, "optimizer": ...}


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
        last = checkpoints(folder)[-1:]
        raise OSError(
            f"no checkpoint could be written to {path} ({error}): make room on the disk or have "
            f"the folder made writable, then start again; "
            + (
                f"the run goes on from {last[0]}, which is as it was"
                if last
                else "there is none yet"
            )
        ) from error
    for old in checkpoints(folder)[:-keep]:
        remove_folder(old)
    return path


def checkpoints(folder: Path) -> list[Path]:
    """The folders of a run's checkpoints, oldest first.

    >>> checkpoints(Path("not/there"))
    []
    """
    found = (path for path in folder.glob("step-*") if re.fullmatch(r"step-\d+", path.name))
    return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))


def newest(folder: Path) -> Path | None:
    """The last checkpoint of a run, every byte of it checked; None if there is none.

    ValueError if it is damaged, which names the last good one.  We do not go back to that by
    ourselves: nobody should lose steps unasked, or go on trusting a disk that alters files (a kill
    or a full disk cannot have done it).  Chapter: checkpoints.
    """
    damaged: list[str] = []
    why = ""
    for path in reversed(checkpoints(folder)):
        try:
            read_sums(path)
        except ValueError as error:
            damaged.append(str(path))
            why = why or str(error)
        else:
            if not damaged:
                return path
            rest = f"the run goes on from {path}, which is whole"
            break
    else:
        rest = "the run begins again, for no other is whole"
    if not damaged:
        return None
    raise ValueError(f"{why}; have the disk checked.  Delete {', '.join(damaged)}, and {rest}")


def read_checkpoint(path: Path) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
    """The tensors and the rest, as `write_checkpoint` was given them.

    Nothing in the files is run, not even a pickle that goes by a name of ours.  ValueError for
    files of another kind.  Chapter: checkpoints.
    """
    try:
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        if state["format"] != FORMAT:
            raise ValueError(f"its format is {state['format']!r}")
        tensors = {part: load_file(path / f"{part}.safetensors") for part in state["parts"]}
        return tensors, state["rest"]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ValueError(
            f"{path} is no {FORMAT} ({type(error).__name__}: {error}): take another folder, or go "
            f"on with the program that wrote it"
        ) from error


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
        whole = tensor.contiguous()  # a file cannot hold a transposed one
        own[name] = whole.clone() if address in seen else whole
        seen.add(address)
    return own
