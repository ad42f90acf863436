"""A forgotten `device=` is found without a GPU.

On the `meta` device tensors have shapes and no numbers, so that code runs there as it would on a
GPU, but PyTorch lets some operations mix it with the CPU.  `refuse_cpu` does not.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class _OneDevice(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        devices = sorted({t.device.type for t in tensors if t.dim() > 0})
        assert len(devices) < 2, f"{func} mixes {' and '.join(devices)}: a device= is missing"
        return func(*args, **(kwargs or {}))


@contextmanager
def refuse_cpu() -> Iterator[torch.device]:
    """The meta device; inside, an operation that mixes it with CPU tensors fails the test.

    A CPU tensor without dimensions is let through, since a GPU takes it as a number, too.
    """
    with _OneDevice():
        yield torch.device("meta")
