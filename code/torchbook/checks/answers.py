"""How the checks read what a reader may answer.  Chapter: index."""

import copy
import math
import sys
from collections.abc import Callable
from types import FrameType
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


def pair(answer: Any) -> tuple[float, float] | None:
    """A tuple, list or tensor of two finite numbers as two floats, or None when it is not one.

    >>> pair((3, torch.tensor(4))), pair(torch.tensor([3, 4])), pair({3, 4}), pair((3, "4"))
    ((3.0, 4.0), (3.0, 4.0), None, None)
    """
    items = answer if isinstance(answer, tuple | list) else ()
    if isinstance(answer, torch.Tensor) and answer.shape == (2,) and not answer.is_sparse:
        items = answer.unbind()
    values = tuple(number(item) for item in items)
    return values if len(values) == 2 and None not in values else None


def attempt(function: Callable, *arguments: Any) -> tuple[Any, str | None]:
    """What a reader's function of tensors, or of arrays, returns, and what went wrong: "fails",
    "changed" when an argument is no longer what it was, "returns" when it gives something else.

    >>> attempt(torch.Tensor.relu_, torch.tensor([-1.0, 2.0]))
    (tensor([0., 2.]), 'changed')
    """
    mine = copy.deepcopy(arguments)
    try:
        result = function(*mine)
        pairs = zip(map(torch.as_tensor, mine), map(torch.as_tensor, arguments), strict=True)
        kept = all(torch.equal(now, before) for now, before in pairs)
    except Exception:
        return None, "fails"
    if not kept:
        return result, "changed"
    return result, None if isinstance(result, type(arguments[0])) else "returns"


def loops(function: Callable, arguments: Callable[[int], tuple]) -> bool:
    """Whether a function of arguments(n) runs one instruction of Python more for each added n.

    >>> loops(torch.exp, lambda n: (torch.ones(n),))
    False
    >>> loops(lambda x: torch.stack([number.exp() for number in x]), lambda n: (torch.ones(n),))
    True
    """
    # twice the short one: Python 3.12 counts less the first time that it meets a function
    _, short, long = (_instructions(function, *arguments(n)) for n in (3, 3, 43))
    return long - short >= 40


def _instructions(function: Callable, *arguments: Any) -> int:
    """How many lines and instructions of Python a call runs: what a loop makes grow."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Callable:
        nonlocal count
        frame.f_trace_opcodes = True
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        attempt(function, *arguments)
    finally:
        sys.settrace(before)
    return count


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Equal shapes and almost equal real numbers; what is not real, or nowhere, is not the same.

    >>> same(torch.zeros(2), torch.zeros(2) + 1e-9), same(torch.zeros(2), torch.zeros(2, 1))
    (True, False)
    """
    if a.shape != b.shape or not a.is_floating_point() or a.is_meta or a.is_sparse:
        return False
    return torch.allclose(a.detach().cpu().double(), b.detach().double(), atol=1e-5)
