"""Batches from a DataLoader, which takes no random numbers from the model and says what went wrong.

Chapter: data.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader


def loader(
    data: Any, collate: Callable[[list[Any]], Any] | None, workers: int, batches: Any
) -> DataLoader[Any]:
    """A DataLoader that shares the random numbers of nobody, and whose workers stay.

    batches: lists of indices.  It may take seconds to start a worker: once, not for each look at
    the validation data.  Chapter: data.

    >>> [batch.tolist() for batch in loader(range(7), None, 0, [[0, 1], [5, 6]])]
    [[0, 1], [5, 6]]
    """
    own = torch.Generator(torch.get_default_device()).manual_seed(0)
    return DataLoader(  # from PyTorch's generator it would draw a number, each time
        data,
        batch_sampler=batches,
        collate_fn=collate,
        num_workers=workers,
        persistent_workers=workers > 0,
        generator=own,
    )


def watched(batches: DataLoader[Any]) -> Iterator[Any]:
    """The same batches; if a worker fails, its error says what to do.  Chapter: data.

    >>> [batch.tolist() for batch in watched(loader(range(7), None, 0, [[0, 1], [5, 6]]))]
    [[0, 1], [5, 6]]
    """
    try:
        yield from batches
    except RuntimeError as error:
        if batches.num_workers:
            error.add_note(
                f"One of workers={batches.num_workers} failed.  If it was killed, memory may have "
                f"run out: take fewer; with workers=0 you see where an error is raised.  Started "
                f"again, a run with a folder goes on from its last checkpoint."
            )
        raise
