"""Checks of the page `autograd`."""

import math
from collections.abc import Callable
from typing import Any

import torch

from torchbook.checks.answers import number, pair


def two_paths(answer: Any) -> str | None:
    values = pair(answer)
    if values is None:
        return "kind"
    if values == (24, 9):
        return None
    if values == (9, 24):
        return "swapped"
    if values[0] == 12:
        return "one-route"
    if values[0] == 6:
        return "without-y"
    return "wrong-y" if values[0] == 24 else "other"


def detach(answer: Any) -> str | None:
    value = number(answer)
    if value is None:
        return "kind"
    return {3: None, 6: "both", 0: "neither", 9: "value"}.get(value, "other")


def curvature(answer: Any) -> str | None:
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    cases: list[tuple[Callable, float, float, float]] = [  # f, x, its slope there, and the bend
        (torch.sin, 1.0, math.cos(1), -math.sin(1)),
        (lambda x: x**3, 2.0, 12, 12),
        (lambda x: x**4, -1.0, -4, 12),
        (lambda x: (2 * x).exp(), 0.5, 2 * math.e, 4 * math.e),
    ]
    found, recorded = [], []
    for f, x, _, _ in cases:

        def watched(t: torch.Tensor, f: Callable = f) -> torch.Tensor:
            recorded.append(t.requires_grad)
            return f(t)

        try:
            value = answer(watched, x)
        except Exception as error:
            return "not-recorded" if "does not require grad" in str(error) else "raises"
        found.append(number(value))
    if None in found:
        return "not-a-number"

    def equal(expected: list[float]) -> bool:
        return all(math.isclose(a, b, rel_tol=1e-3) for a, b in zip(found, expected, strict=True))

    slopes, bends = [case[2] for case in cases], [case[3] for case in cases]
    if equal(bends):  # differences need the function at three points, or more
        return None if any(recorded) or len(recorded) < 3 * len(cases) else "nudged"
    if equal(slopes):
        return "slope"
    return "sum" if equal([a + b for a, b in zip(slopes, bends, strict=True)]) else "other"


def round_through(answer: Any) -> str | None:
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    x = torch.tensor([-1.7, -0.2, 0.4, 1.6, 2.9], requires_grad=True)
    weights = torch.tensor([1.0, 2.0, -3.0, 0.5, 4.0])  # as if five more operations followed
    before = x.detach().clone()
    try:
        result = answer(x)
        if not torch.equal(x.detach(), before):
            return "changed"
        if not isinstance(result, torch.Tensor) or result.shape != x.shape:
            return "not-rounded"
        if not torch.allclose(result, x.detach().round()):
            return "not-rounded"
        if not result.requires_grad:
            return "cut"
        (slope,) = torch.autograd.grad(result, x, weights, allow_unused=True)
        slope = None if slope is None else slope.tolist()
    except Exception as error:
        return "setup" if "forward() takes" in str(error) else "raises"
    if slope == weights.tolist():
        return None
    kinds = [("cut", None), ("flat", [0.0] * 5), ("ignores-output", [1.0] * 5)]
    return next((mistake for mistake, gives in kinds if slope == gives), "other")
