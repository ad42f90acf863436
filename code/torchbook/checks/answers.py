"""How the checks read what a reader may answer.  Chapter: index."""

import math
from typing import Any

import torch


def number(answer: Any) -> float | None:
    """The answer as a float, or None when it is not one finite number.

    >>> number(torch.tensor([2.0])), number("2"), number(float("nan"))
    (2.0, None, None)
    """
    if isinstance(answer, bool | str | bytes):
        return None
    try:
        value = float(answer.detach() if isinstance(answer, torch.Tensor) else answer)
    except Exception:  # float() runs the answer's own code: anything may come
        return None
    return value if math.isfinite(value) else None
