"""Checks for the page devices: a queue in time, bytes of a training, counts in bf16, graphs."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from torchbook.checks.answers import number, pair


def ahead(answer: Any) -> str | None:
    """Milliseconds of 100 steps, 1 to order and 3 to do: asking at every step, asking once."""
    values = pair(answer)
    if values is None:
        return "kind"
    known = {
        (400, 301): None,
        (301, 400): "swapped",
        (300, 400): "swapped",
        (400, 300): "first-order",
        (400, 400): "turns",
        (300, 300): "both-ahead",
        (301, 301): "both-ahead",
    }
    if values not in known and values[1] in {100, 101, 103}:
        return "alone" if values[0] == 300 else "ordered"
    return known.get(values, "other")


def _bytes(parameters: Iterable[torch.Tensor], trained: int, frozen: int) -> int:
    return sum(p.nbytes * (trained if p.requires_grad else frozen) for p in parameters)


def _models() -> list[nn.Module]:
    """A plain layer, one with its first part frozen, one of 16 bits, one with buffers."""
    partly = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    partly[0].requires_grad_(False)
    half = nn.Linear(7, 3, bias=False, dtype=torch.bfloat16)
    return [nn.Linear(4, 6), partly, half, nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))]


WRONG = {
    "parameters-only": lambda m: _bytes(m.parameters(), 1, 1),
    "one-missing": lambda m: _bytes(m.parameters(), 3, 1),
    "adam-only": lambda m: _bytes(m.parameters(), 2, 0),
    "frozen": lambda m: _bytes(m.parameters(), 4, 4),
    "skips-frozen": lambda m: _bytes(m.parameters(), 4, 0),
    "buffers": lambda m: _bytes(m.parameters(), 4, 1) + sum(b.nbytes for b in m.buffers()),
    "numbers": lambda m: sum(p.numel() * (4 if p.requires_grad else 1) for p in m.parameters()),
    "four-bytes": lambda m: sum(
        4 * p.numel() * (4 if p.requires_grad else 1) for p in m.parameters()
    ),
}


def training_bytes(answer: Any) -> str | None:
    """A function: model -> bytes of its parameters, gradients and two averages per gradient."""
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    found = []
    for model in _models():
        try:
            result = answer(model)
        except Exception:
            return "fails"
        found.append(number(result))
        if found[-1] is None:
            return "returns"
    truth = [_bytes(m.parameters(), 4, 1) for m in _models()]
    if all(map(math.isclose, found, truth)):
        return None
    for name, count in WRONG.items():
        if all(map(math.isclose, found, map(count, _models()))):
            return name
    return "other"


def count(answer: Any) -> str | None:
    """Where a bf16 counter that adds 1 gets stuck."""
    value = number(answer)
    if value is None:
        return "kind"
    if value == 256:
        return None
    known = {1000: "exact", 257: "tie", 258: "tie", 255: "last", 128: "digits", 512: "digits"}
    return known.get(value, "other")


def recompile(answer: Any) -> str | None:
    """Graphs for (8,), (16,), (32,), (4, 8), then (8,) in float64, then (64,) in float32."""
    value = number(answer)
    if value is None or value != int(value):
        return "kind"
    known = {4: None, 1: "once", 6: "every-call", 5: "learned", 3: "conditions", 2: "conditions"}
    return known.get(int(value), "other")
