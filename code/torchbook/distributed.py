"""The same loop in several processes: which one am I, what do I share, and who has the whole?

torchrun starts the processes.  Started without it there is one, and nothing here does anything.
All processes must call these functions, in the same order.  Chapter: distributed.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


def rank() -> int:
    """The number of this process, from 0.  Chapter: distributed.

    >>> rank(), world()
    (0, 1)
    """
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many processes train together.  Chapter: distributed."""
    return dist.get_world_size() if dist.is_initialized() else 1


@contextmanager
def processes(device: torch.device) -> Iterator[torch.device]:
    """`with processes(device) as device:` the processes that torchrun started meet, and then part.

    Each gets its own GPU if `device` is one, else all compute on the CPU.  ValueError for a process
    without a GPU, or for a device that cannot exchange tensors.  When one fails, the others soon
    fail too, or torchrun ends them.  Chapter: distributed.

    >>> with processes(torch.device("cpu")) as device:
    ...     device, world()
    (device(type='cpu'), 1)
    """
    if not dist.is_torchelastic_launched():
        yield device
        return
    if device.type == "cuda":
        local, present = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if local >= present:
            raise ValueError(
                f"process {local} of this machine has no GPU, for there are {present}: start "
                f"torchrun with --nproc-per-node={present}"
            )
        device = torch.device("cuda", local)
        torch.cuda.set_device(device)
        dist.init_process_group("nccl", device_id=device)
    elif device.type == "cpu":
        dist.init_process_group("gloo")
    else:
        raise ValueError(f"processes cannot exchange tensors on {device}: use cuda or cpu")
    try:
        yield device
    except Exception as error:
        error.add_note(
            f"This was process {rank()} of {world()}.  If it is about a connection, another one "
            f"ended first: on its machine torchrun names it as the root cause."
        )
        raise  # the others may be waiting for us: end at once, and part from nobody
    dist.destroy_process_group()


def spread(model: nn.Module, sharded: bool = False) -> nn.Module:
    """The model, such that `backward` leaves in `.grad` the mean of the processes' gradients.

    All begin with the weights of rank 0.  With DDP each process holds the whole model; sharded, by
    FSDP, a piece of every tensor, and the layers of a `ModuleList` are made whole one at a time.
    Make the optimizer afterwards, from the parameters of what this returns.  Chapter: distributed.

    >>> layer = nn.Linear(2, 1)
    >>> spread(layer) is layer  # one process needs nobody
    True
    """
    if world() == 1:
        return model
    device = next(model.parameters()).device
    if not sharded:
        return DistributedDataParallel(model, None if device.index is None else [device.index])
    from torch.distributed.device_mesh import init_device_mesh  # a second, paid by those who shard
    from torch.distributed.fsdp import fully_shard

    for tensor in (*model.parameters(), *model.buffers()):
        dist.broadcast(tensor.detach(), src=0)
    mesh = init_device_mesh(device.type, (world(),))
    for module in reversed([*model.modules()]):  # those inside others first
        for layer in module if isinstance(module, nn.ModuleList) else ():
            fully_shard(layer, mesh=mesh)
    fully_shard(model, mesh=mesh, reshard_after_forward=True)  # in pieces whenever nobody computes
    return model


def exchange(model: nn.Module, now: bool) -> AbstractContextManager[Any]:
    """`with exchange(model, now):` forward and backward; unless `now`, the gradients wait.

    Of the parts of a batch only the last has to exchange.  FSDP exchanges after each, or every
    process would hold a whole gradient.  Chapter: distributed.

    >>> with exchange(nn.Linear(2, 1), now=False) as nothing:
    ...     nothing
    """
    if isinstance(model, DistributedDataParallel) and not now:
        return model.no_sync()
    return nullcontext()


def total(*values: Tensor | float) -> list[Tensor]:
    """Each number, summed over the processes: float64, on the CPU.  Chapter: distributed.

    >>> total(2.5, torch.tensor(4))
    [tensor(2.5000, dtype=torch.float64), tensor(4., dtype=torch.float64)]
    """
    sums = torch.tensor([float(value) for value in values], dtype=torch.float64)
    if world() > 1:
        on_device = sums.to("cuda" if dist.get_backend() == "nccl" else "cpu")
        dist.all_reduce(on_device)
        sums = on_device.cpu()
    return [*sums]


def full(tensor: Tensor) -> Tensor:
    """A tensor of which FSDP keeps pieces, put together in every process; any other as it is.

    Chapter: distributed.

    >>> full(torch.ones(2))
    tensor([1., 1.])
    """
    if hasattr(tensor, "full_tensor"):  # a DTensor; to import its class takes a second
        return tensor.full_tensor()
    return tensor
