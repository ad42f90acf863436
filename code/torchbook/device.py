"""One name, `device`, for where tensors live: every page and every test uses it.

Chapter: index.
"""

import os

import torch


def best_device(asked: str | None = None) -> torch.device:
    """The device asked for or, if none was, the fastest present: cuda, then mps, then cpu.

    Raises ValueError when the one asked for is unknown or is not in this machine: running a GPU
    test on a CPU without a word would prove nothing.

    >>> best_device("cpu")
    device(type='cpu')
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if not asked:
        return torch.device(next(name for name, here in present.items() if here))
    if not present.get(asked.split(":")[0]):
        here = ", ".join(name for name, here in present.items() if here)
        raise ValueError(f"device {asked!r} is not available; here there is: {here}")
    return torch.device(asked)


device = best_device(os.environ.get("TORCHBOOK_DEVICE"))
