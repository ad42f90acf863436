"""Checks of the page `optimizers`: how far a step goes."""

import math
from typing import Any

import torch

from torchbook.checks.answers import number, pair


def one_step(answer: Any) -> str | None:
    """The learning rate that takes 3x², whose curvature is 6, to its bottom in one step."""
    value = number(answer)
    if value is None:
        return "kind"
    if abs(value - 1 / 6) <= 0.001:
        return None
    if value <= 0:
        return "uphill"
    if abs(value - 1 / 3) <= 0.004:
        return "bounces"
    if value > 1 / 3:
        return "diverges"
    return "beyond" if value > 1 / 6 else "short"


def first_step(answer: Any) -> str | None:
    """Where Adam's first step, lr = 0.01, puts two zeros with gradients 1000 and 0.001."""
    values = pair(answer)
    if values is None:
        return "kind"
    known = {
        (-0.01, -0.01): None,
        (0.01, 0.01): "uphill",
        (-10, -1e-5): "plain",
        (10, 1e-5): "plain",
        (-0.0316228, -0.0316228): "uncorrected",
        (-0.001, -0.001): "uncorrected",
        (-1, -1): "rate",
    }
    for typical, mistake in known.items():
        if all(math.isclose(a, b, rel_tol=0.02) for a, b in zip(values, typical, strict=True)):
            return mistake
    return "other" if math.isclose(*values, rel_tol=0.02) else "sizes"


def sign(answer: Any) -> str | None:
    """A function (params, lr) that moves each number by lr against the sign of its gradient."""
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    starts = [torch.tensor([1.0, -2.0]), torch.tensor([[0.5, 4.0], [3.0, 1.0]])]
    grads = [torch.tensor([5.0, -0.1]), torch.tensor([[-3.0, 0.5], [10.0, 0.25]])]
    lr = 0.125

    def moved(*more: tuple[torch.Tensor, torch.Tensor | None]) -> list[torch.Tensor]:
        params = [start.clone().requires_grad_() for start in [*(one for one, _ in more), *starts]]
        for param, grad in zip(params, [*(grad for _, grad in more), *grads], strict=True):
            param.grad = None if grad is None else grad.clone()
        answer(params, lr)
        return [param.detach() for param in params]

    def same(tensors: list[torch.Tensor], direction: list[torch.Tensor]) -> bool:
        return all(
            torch.allclose(tensor, start + lr * way)
            for tensor, start, way in zip(tensors[-2:], starts, direction, strict=True)
        )

    signs = [grad.sign() for grad in grads]
    try:
        plain = moved()
    except Exception as error:
        return "recorded" if "requires grad" in str(error) else "raises"
    try:
        none = moved((torch.ones(2), None))
    except Exception:
        return "without-gradient"
    if not same(plain, [-way for way in signs]):
        known = {
            "nothing": [0 * way for way in signs],
            "uphill": signs,
            "lengths": [-grad for grad in grads],
            "whole": [-grad / grad.norm() for grad in grads],
        }
        return next((name for name, way in known.items() if same(plain, way)), "other")
    try:
        zero = moved((torch.ones(2), torch.tensor([0.0, 2.0])))[0]
    except Exception:
        return "raises"
    if not torch.equal(none[0], torch.ones(2)):
        return "without-gradient"
    if not same(none, [-way for way in signs]):
        return "stops"
    return None if torch.allclose(zero, torch.tensor([1.0, 1 - lr])) else "zero"
