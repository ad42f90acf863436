"""Answers to the exercises of the page devices, right and wrong, by what is wrong."""

import torch

from torchbook.checks.devices import WRONG

JUNK = [None, "", object(), torch.tensor([]), float("nan"), lambda: 3, "256", (1, 2, 3)]


def _by_tensor(model):
    total = 0
    for p in model.parameters():
        copies = 1 + 3 * p.requires_grad
        total += copies * p.numel() * p.element_size()
    return torch.tensor(total)


CASES = {
    "devices-ahead": {
        "right": [(400, 301), [400.0, 301.0], torch.tensor([400, 301])],
        "kind": [*JUNK, 400, (400, None), (400, "301"), (float("inf"), 1)],
        "swapped": [(301, 400), (300, 400)],
        "first-order": [(400, 300)],
        "turns": [(400, 400)],
        "both-ahead": [(300, 300), (301, 301)],
        "ordered": [(400, 100), (400, 103)],
        "alone": [(300, 100), (300, 101), (300, 103)],
        "other": [(0, 0), (402, 306)],
    },
    "devices-training-bytes": {
        "right": [_by_tensor, lambda model: float(_by_tensor(model))],
        "kind": [None, "", object(), torch.tensor([]), float("nan"), 480, torch.nn.Linear],
        "fails": [
            lambda: 3,
            lambda model: sum(p.grad.nbytes for p in model.parameters()),
        ],
        "returns": [lambda model: None, lambda model: torch.zeros(2), lambda model: "480"],
        **{name: [count] for name, count in WRONG.items()},
        "other": [lambda model: 0, lambda model: 480],
    },
    "devices-count": {
        "right": [256, 256.0, torch.tensor(256.0, dtype=torch.bfloat16)],
        "kind": JUNK,
        "exact": [1000],
        "tie": [257, 258],
        "last": [255],
        "digits": [128, 512],
        "other": [0, 300],
    },
    "devices-recompile": {
        "right": [4, 4.0, torch.tensor(4)],
        "kind": [*JUNK, 2.5],
        "once": [1],
        "every-call": [6],
        "learned": [5],
        "conditions": [2, 3],
        "other": [0, 7],
    },
}
