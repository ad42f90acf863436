"""Where every random generator of a process is, as numbers for JSON.  Chapter: checkpoints."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch


def random_state() -> dict[str, Any]:
    """The states of Python's, NumPy's and PyTorch's generators, and of the GPU's if there is one.

    >>> state = random_state()
    >>> before = random.random(), torch.rand(2)
    >>> set_random_state(state)
    >>> random.random() == before[0], torch.equal(torch.rand(2), before[1])
    (True, True)
    """
    kind, numbers, *rest = np.random.get_state()  # noqa: NPY002, the one that libraries draw from
    state = {
        "python": random.getstate(),
        "numpy": [kind, np.asarray(numbers).tolist(), *rest],
        "torch": torch.get_rng_state().tolist(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state().tolist()
    return state


def set_random_state(state: Mapping[str, Any]) -> None:
    """Put back what `random_state` gave, also after a journey through JSON.

    A GPU's state waits until a GPU is used, which may be never.
    """
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    np.random.set_state(tuple(state["numpy"]))  # noqa: NPY002
    torch.set_rng_state(torch.tensor(state["torch"], dtype=torch.uint8, device="cpu"))
    if "cuda" in state:
        torch.cuda.set_rng_state(torch.tensor(state["cuda"], dtype=torch.uint8, device="cpu"))
