"""Rank 0 reads and writes for all: what it must collect from the others, and send to them.

A checkpoint is of one whole model, whatever number of processes wrote it or goes on from it.
With one process, everything comes back as it was given.  All processes must call these functions,
in the same order.  Chapter: distributed.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from torchbook.checkpoint import Tensors
from torchbook.distributed import full, rank, world

Result = TypeVar("Result")


def on_rank_0(do: Callable[..., Result], *arguments: Any) -> Result | None:
    """What `do(*arguments)` returns in rank 0, None in the others; what it raises, all raise.

    Nobody goes on before it is done.  Chapter: distributed.

    >>> on_rank_0(max, 3, 5)
    5
    """
    result, error = None, None
    if rank() == 0:
        try:
            result = do(*arguments)
        except Exception as raised:
            error = raised
    if (error := broadcast_object(error)) is not None:
        raise error
    return result


def broadcast_object(value: Any) -> Any:
    """What rank 0 has, for all.  Tensors go by `broadcast`.  Chapter: distributed.

    >>> broadcast_object("the same")
    'the same'
    """
    if world() == 1:
        return value
    held = [value]
    dist.broadcast_object_list(held)
    return held[0]


def gather_object(value: Any) -> list[Any]:
    """What each process has, in the order of their ranks, for rank 0; [] for the others.

    Chapter: distributed.

    >>> gather_object(5)
    [5]
    """
    if world() == 1:
        return [value]
    values = [None] * world() if rank() == 0 else None
    dist.gather_object(value, values)
    return values or []


def whole(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, each of them whole, for rank 0; the others get {}.  Chapter: distributed.

    >>> whole({"weight": torch.ones(2)})
    {'weight': tensor([1., 1.])}
    """
    found = {}
    for name, tensor in tensors.items():
        together = full(tensor)
        if rank() == 0:
            found[name] = tensor if together is tensor else together.cpu()
    return found


def broadcast(tensors: Tensors, device: torch.device) -> Tensors:
    """The tensors that rank 0 has, for all, on the CPU; what the others give is not looked at.

    They travel one by one through `device`.  Chapter: distributed.

    >>> broadcast({"model": {"weight": torch.ones(2)}}, torch.device("cpu"))
    {'model': {'weight': tensor([1., 1.])}}
    """
    if world() == 1:
        return tensors
    kinds = {
        part: {n: (t.shape, t.dtype) for n, t in named.items()} for part, named in tensors.items()
    }
    received: dict[str, dict[str, Tensor]] = {}
    for part, named in broadcast_object(kinds).items():
        received[part] = {}
        for name, (shape, dtype) in named.items():
            tensor = tensors[part][name] if rank() == 0 else torch.empty(shape, dtype=dtype)
            tensor = tensor.to(device)
            dist.broadcast(tensor, src=0)
            received[part][name] = tensor.cpu()
    return received


def like(tensor: Tensor, other: Tensor) -> Tensor:
    """The piece of a whole tensor that this process holds of `other`; the whole, if that is whole.

    Chapter: distributed.

    >>> like(torch.ones(2), torch.zeros(2))
    tensor([1., 1.])
    """
    if not hasattr(other, "placements"):  # no DTensor
        return tensor
    from torch.distributed.tensor import DTensor, distribute_tensor

    assert isinstance(other, DTensor)
    tensor = tensor.to(other.device)
    return distribute_tensor(tensor, other.device_mesh, other.placements, src_data_rank=None)
