"""Checks for the page modules: counting, registering, what zeros block, what a shortcut lets by."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn

from torchbook.checks.answers import number, pair, same


def count(answer: Any) -> str | None:
    """The trained numbers of Linear(20, 30), ReLU, Linear(30, 10)."""
    value = number(answer)
    if value is None:
        return "kind"
    known = {
        940: None,
        900: "biases",
        630: "one-layer",
        310: "one-layer",
        970: "activation",
        950: "bias-per-input",
        4: "tensors",
    }
    return known.get(value, "other")


def tower(answer: Any) -> str | None:
    """A class, widths -> module: linear layers with a ReLU after each but the last."""
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        return "instance" if isinstance(answer, nn.Module) else "kind"
    state = torch.get_rng_state()
    try:
        torch.manual_seed(0)
        found = [_tower(answer, widths) for widths in ([2, 16, 8, 1], [3, 5, 4], [4, 6, 6, 6, 3])]
        return next((key for key in found if key), None) or _tower(answer, [3, 2])
    finally:
        torch.set_rng_state(state)


def _tower(answer: type, widths: list[int]) -> str | None:
    x = torch.randn(64, widths[0])
    try:
        model = answer(list(widths)).cpu()
        parameters = [p.detach() for p in model.parameters()]
    except Exception:
        return "fails"
    if not parameters:
        return "registered"
    shapes = [s for i, o in pairwise(widths) for s in ((o, i), (o,))]
    if [tuple(p.shape) for p in parameters] != shapes:
        return "shapes"
    try:
        result = model(x)
    except Exception:
        return "forward"
    if not isinstance(result, torch.Tensor) or result.shape != (64, widths[-1]):
        return "returns"
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))
    if same(result, _chain(x, pairs, bend=True)):
        return None
    if same(result, _chain(x, pairs, bend=True).relu()):
        return "last"
    return "linear" if same(result, _chain(x, pairs, bend=False)) else "other"


def _chain(x: torch.Tensor, pairs: list, bend: bool) -> torch.Tensor:
    for k, (weight, bias) in enumerate(pairs):
        x = x @ weight.T + bias
        x = x.relu() if bend and k < len(pairs) - 1 else x
    return x


NAMES = {"first.weight", "first.bias", "second.weight", "second.bias"}


def zeros(answer: Any) -> str | None:
    """The parameters that get a gradient in a two-layer network of zeros."""
    if isinstance(answer, str):
        answer = [answer]
    if not isinstance(answer, set | frozenset | list | tuple):
        return "kind"
    if not all(isinstance(name, str) and name in NAMES for name in answer):
        return "kind"
    names = set(answer)
    if not names:
        return "none"
    if names == {"second.bias"}:
        return None
    if names == NAMES:
        return "all"
    return "first" if names & {"first.weight", "first.bias"} else "second-weight"


def identity(answer: Any) -> str | None:
    """What x + tanh(0 x + 0) is for (3, -2)."""
    values = pair(answer)
    if values is None:
        return "kind"
    known = {
        (3, -2): None,
        (0, 0): "change-alone",
        (3, 0): "activation",
        (6, -4): "twice",
        (4, -1): "one",
    }
    return known.get(values, "other")
