"""Answers to the exercises of the page optimizers, right ones and wrong ones, by what is wrong."""

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan")]


@torch.no_grad()
def _sign(params, lr):
    for p in params:
        if p.grad is not None:
            p -= lr * p.grad.sign()


def _sign_through_data(params, lr):
    for p in params:
        if p.grad is not None:
            p.data.sub_(lr * torch.sign(p.grad))


def _step(move, *, skip=True):
    """A step that adds lr * move(gradient) to every parameter, in place."""

    def step(params, lr):
        for p in params:
            if p.grad is not None or not skip:
                p.data += lr * move(p.grad)

    return step


def _recorded(params, lr):
    for p in params:
        if p.grad is not None:
            p -= lr * p.grad.sign()


def _rebinds(params, lr):
    for p in params:
        if p.grad is not None:
            p = p - lr * p.grad.sign()


@torch.no_grad()
def _stops(params, lr):
    for p in params:
        if p.grad is None:
            return
        p -= lr * p.grad.sign()


def _pushes_what_has_no_gradient(params, lr):
    for p in params:
        p.data -= lr * (torch.ones_like(p) if p.grad is None else p.grad.sign())


CASES = {
    "optimizers-one-step": {
        "right": [1 / 6, 0.167, 0.1667, torch.tensor(1 / 6)],
        "kind": [*JUNK, "1/6", (1 / 6, 2), lambda: 1 / 6, float("inf")],
        "uphill": [0, -1 / 6],
        "short": [0.1, 1 / 12],
        "beyond": [0.17, 0.2, 0.25],
        "bounces": [1 / 3, 0.333],
        "diverges": [0.5, 1, 6, 3],
    },
    "optimizers-first-step": {
        "right": [(-0.01, -0.01), [-0.01, -0.00999], torch.tensor([-0.01, -0.01])],
        "kind": [*JUNK, -0.01, (-0.01,), (1, 2, 3), ("a", "b"), lambda: (0, 0)],
        "uphill": [(0.01, 0.01)],
        "plain": [(-10, -0.00001), (10, 0.00001)],
        "uncorrected": [(-0.0316, -0.0316), (-0.001, -0.001)],
        "rate": [(-1, -1)],
        "sizes": [(-0.02, -0.01), (-10, 0), (-0.01, 0.01)],
        "other": [(0, 0), (-5, -5)],
    },
    "optimizers-sign": {
        "right": [_sign, _sign_through_data],
        "kind": [*JUNK, 0.1, int],
        "raises": [lambda: None, lambda params, lr: params.x, lambda params, lr: 1 / 0],
        "recorded": [_recorded],
        "without-gradient": [
            _step(lambda grad: -grad.sign(), skip=False),
            _pushes_what_has_no_gradient,
        ],
        "stops": [_stops],
        "nothing": [_rebinds, lambda params, lr: None],
        "uphill": [_step(torch.sign)],
        "lengths": [_step(torch.neg)],
        "whole": [_step(lambda grad: -grad / grad.norm())],
        "zero": [_step(lambda grad: -grad / grad.abs()), _step(lambda grad: 1 - 2 * (grad >= 0))],
        "other": [_step(lambda grad: -2 * grad.sign()), _step(lambda grad: -(grad**2))],
    },
}
