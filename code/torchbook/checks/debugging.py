"""Checks for the page debugging: how a NaN spreads, hooks, weights that stay, symptoms."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


def spread(answer: Any) -> str | None:
    """NaN in the output (4, 3) and in weight.grad (3, 5), after one NaN in x (4, 5)."""
    try:
        out, grad = (float(part) for part in answer)
    except Exception:
        return "kind"
    if (out, grad) == (15, 3):
        return "order"
    if out != 3:
        return {1: "one", 12: "all-outputs", 4: "column"}.get(out, "other")
    return {15: None, 3: "feature", 5: "row"}.get(grad, "other-grad")


class _Break(nn.Module):
    """Returns its input, with one number of it replaced by `value`."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.clone()
        x[0, 0] = self.value
        return x


class _Backwards(nn.Module):
    """Registers its modules in one order and runs them in the other; one is nested."""

    def __init__(self) -> None:
        super().__init__()
        self.last = _Break(float("nan"))
        self.middle = nn.Sequential(nn.ReLU(), _Break(float("nan")), nn.Linear(4, 4))
        self.first = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.middle(self.first(x)))


def first_bad(answer: Any) -> str | None:
    """A function (model, x) -> the name of the first module with a bad output, or None."""
    if not callable(answer) or isinstance(answer, nn.Module):
        return "kind"
    nan, inf = float("nan"), float("inf")
    cases = (
        (nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2)), None),
        (_Backwards(), "middle.1"),
        (nn.Sequential(nn.Linear(4, 4), _Break(nan), nn.Linear(4, 4), nn.ReLU()), "1"),
        (nn.Sequential(nn.Linear(4, 4), nn.ReLU(), _Break(-inf)), "2"),
    )
    for model, right in cases:
        try:
            found = answer(model, torch.ones(3, 4))
        except Exception:
            return "fails"
        if any(m._forward_hooks or m._forward_pre_hooks for m in model.modules()):
            return "hooks"
        if found is not None and not isinstance(found, str):
            return "returns"
        if found == right:
            continue
        if right is None:
            return "healthy"
        if found == "":
            return "whole"
        if right == "2":
            return "infinite" if found is None else "other"
        if found in {"last", "middle"} or (right == "1" and found in {"2", "3"}):
            return "late"
        return "other"
    return None


def _model() -> nn.Sequential:
    """Three layers with numbers of their own, whatever the state of the global generator."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 1))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, generator=generator))
    return model


def _step(model: nn.Module, held: list[str], calls: list[int]) -> Callable[[], None]:
    """One training step of the parameters named in `held`; counts how often it is called."""
    parameters = dict(model.named_parameters())
    optimizer = torch.optim.SGD([parameters[name] for name in held], lr=0.1) if held else None

    def step() -> None:
        calls.append(1)
        if optimizer is not None:
            model(torch.ones(5, 3)).square().mean().backward()
            optimizer.step()

    return step


def unmoved(answer: Any) -> str | None:
    """A function (model, step) -> the names of the parameters that step() leaves as they were.

    After the steps that move whole tensors or none come two that are harder to see: one moves every
    number by a millionth of its size, the other only the first number of every parameter.
    """
    if not callable(answer) or isinstance(answer, nn.Module):
        return "kind"
    names = [name for name, _ in _model().named_parameters()]
    for held in (["0.weight", "0.bias", "2.weight"], [], names):
        model, calls = _model(), []
        try:
            found = answer(model, _step(model, held, calls))
        except Exception:
            return "fails"
        if not calls:
            return "no-step"
        if len(calls) > 1:
            return "steps"
        if not isinstance(found, list | tuple | set | frozenset):
            return "returns"
        if not all(isinstance(name, str) for name in found):
            return "returns"
        right = set(names) - set(held)
        if set(found) == right:
            continue
        if set(found) == set(names):
            return "same-memory"
        return "moved" if set(found) == set(held) else "other"
    for mistake, nudge in (("close", _all_a_little), ("part", _only_the_first)):
        model = _model()
        try:
            found = answer(model, lambda nudge=nudge, model=model: nudge(model))
            if len(found) > 0:
                return mistake
        except Exception:
            return "fails"
    return None


@torch.no_grad()
def _all_a_little(model: nn.Module) -> None:
    """Move every number by a millionth of its size."""
    for p in model.parameters():
        p.mul_(1 + 1e-6)


@torch.no_grad()
def _only_the_first(model: nn.Module) -> None:
    """Move one number of every parameter."""
    for p in model.parameters():
        p.view(-1)[0] += 1


def diagnose(answer: Any) -> str | None:
    """Four runs, four causes: the letters in the order of the runs."""
    if isinstance(answer, list | tuple):
        answer = "".join(letter for letter in answer if isinstance(letter, str))
    if not isinstance(answer, str):
        return "kind"
    letters = "".join(letter for letter in answer.lower() if letter not in " ,;-")
    if sorted(letters) != list("abcd"):
        return "kind"
    if letters[1] != "c":
        return "start"
    if letters[0] != "b":
        return "batch"
    return None if letters == "bcad" else "still"
