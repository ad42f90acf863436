"""Checks for the page checkpoints: what is saved, what a run reads, names in a file."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import torch

from torchbook.checks.answers import number


def times(answer: Any) -> str | None:
    """Numbers in the state dicts of a model and of its Adam, for each number of the model."""
    value = number(answer)
    if value is None:
        return "kind"
    if abs(value - 3) <= 0.05:
        return None
    return {1: "nothing", 2: "only-adam", 4: "gradients"}.get(round(value), "other")


PARTS = {"step", "model", "optimizer", "schedule", "random"}


def needed(answer: Any) -> str | None:
    """What must be saved of a run with plain SGD, a constant rate and nothing drawn."""
    if isinstance(answer, set | frozenset | list | tuple):
        answer = " ".join(name if isinstance(name, str) else "?" for name in answer)
    if not isinstance(answer, str):
        return "kind"
    names = set(re.findall(r"[^\s,;.+]+", answer.lower())) - {"and", "y"}
    if not names or not names <= PARTS:
        return "kind"
    if "model" not in names:
        return "no-model"
    if "step" not in names:
        return "no-step"
    return next((part for part in ("optimizer", "schedule", "random") if part in names), None)


STATES = (
    ("module.1.weight", "module.1.bias", "module.4.weight"),
    ("1.weight", "head.bias"),
    ("module.module.weight", "module.encoder.module.bias"),
    ("module.model.weight", "module.2.weight", "head.weight"),
    ("encoder.module.bias", "modules.0.weight", "module.a.module.b"),
)
NAMES: list[tuple[str | None, Callable[[str], str | None]]] = [
    (None, lambda name: name.removeprefix("module.")),
    ("everywhere", lambda name: name.replace("module.", "")),
    ("everywhere", lambda name: name.replace("module.", "") if name[:7] == "module." else name),
    ("inside", lambda name: name.replace("module.", "", 1)),
    ("inside", lambda name: name.partition("module.")[2] or name),
    ("inside", lambda name: name.split("module.")[-1]),
    ("inside", lambda name: name[7:] if "module." in name else name),
    ("longer", lambda name: name[7:] if name.startswith("module") else name),
    ("letters", lambda name: name.lstrip("module.")),
    ("twice", lambda name: re.sub(r"^(module\.)+", "", name)),
    ("always", lambda name: name[7:]),
    ("always", lambda name: name.partition(".")[2]),
    ("lost", lambda name: name[7:] if name.startswith("module.") else None),
    ("dot", lambda name: name.removeprefix("module")),
    ("same", lambda name: name),
]


def _same(result: Mapping, right: Mapping) -> bool:
    """Equal names, each with the very tensor, or an equal one."""
    if set(result) != set(right):
        return False
    values = ((result[name], tensor) for name, tensor in right.items())
    return all(isinstance(a, torch.Tensor) and torch.equal(a, b) for a, b in values)


def renamed(answer: Any) -> str | None:
    """A function {name: tensor} -> {name without the first "module.": tensor}, a new one."""
    if not callable(answer):
        return "kind"
    left = list(NAMES)
    for names in STATES:
        state = {name: torch.full((2,), float(i)) for i, name in enumerate(names)}
        mine = dict(state)
        try:
            result = answer(mine)
        except Exception:
            return "fails"
        if list(mine) != list(state) or result is mine:
            return "same" if list(mine) == list(state) else "changed"
        if not isinstance(result, Mapping):
            return "returns"
        for known in tuple(left):
            pairs = {known[1](name): tensor for name, tensor in state.items()}
            pairs.pop(None, None)
            try:
                equal = _same(result, pairs)
            except Exception:
                return "other"
            if not equal:
                left.remove(known)
    return left[0][0] if left else "other"
