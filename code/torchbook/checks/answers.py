"""How the checks read what a reader may answer.  Chapter: index."""

import math
from collections.abc import Callable
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


def attempt(function: Callable, *arguments: torch.Tensor) -> tuple[Any, str | None]:
    """What a reader's function returns, and "fails", "changed" or "returns" if it went wrong.

    >>> attempt(torch.Tensor.relu_, torch.tensor([-1.0, 2.0]))
    (tensor([0., 2.]), 'changed')
    """
    mine = [argument.clone() for argument in arguments]
    try:
        result = function(*mine)
    except Exception:
        return None, "fails"
    if not all(torch.equal(a, b) for a, b in zip(mine, arguments, strict=True)):
        return result, "changed"
    return result, None if isinstance(result, torch.Tensor) else "returns"


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Equal shapes and almost equal real numbers; what is not real, or nowhere, is not the same.

    >>> same(torch.zeros(2), torch.zeros(2) + 1e-9), same(torch.zeros(2), torch.zeros(2, 1))
    (True, False)
    """
    if a.shape != b.shape or not a.is_floating_point() or a.is_meta or a.is_sparse:
        return False
    return torch.allclose(a.detach().cpu().double(), b.detach().double(), atol=1e-5)
