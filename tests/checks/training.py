"""Right and wrong answers to the exercises of the page `training`."""

import math

import torch

from torchbook.checks.training import BUGS, stop

JUNK = [None, "", "2.3", object(), torch.tensor([]), torch.ones(2), float("nan"), [1], True]


def one_liner(losses, patience):
    for t in range(len(losses)):
        best = losses.index(min(losses[: t + 1]))
        if t - best == patience:
            break
    return torch.tensor([best, t])


def counts_the_first(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best, epoch


def ten_only(matrix):
    found = torch.zeros(10)
    for digit in range(len(matrix)):
        found[digit] = matrix[digit, digit] / matrix[digit].sum()
    return found


def loop(matrix):
    return [row[i].item() / sum(row).item() for i, row in enumerate(matrix)]


CASES = {
    "training-first-loss": {
        "right": [math.log(10), 2.3, 2.303, torch.tensor(10.0).log(), torch.tensor([2.30])],
        "kind": [*JUNK, lambda: 2.3, float("inf")],
        "sign": [-2.303],
        "bits": [3.32],
        "decimal": [1],
        "zero": [0],
        "probability": [0.1],
        "errors": [0.9],
        "other": [10, 5.0, 2.0],
    },
    "training-stopper": {
        "right": [stop, one_liner, lambda losses, patience: list(stop(losses, patience))],
        "kind": [*JUNK, (1, 3)],
        "raises": [lambda: None, lambda losses, patience: losses[99]],
        "pair": [
            lambda losses, patience: None,
            lambda losses, patience: len(losses),
            lambda *_: "",
        ],
        "order": [lambda losses, patience: stop(losses, patience)[::-1]],
        "from-one": [lambda losses, patience: [n + 1 for n in stop(losses, patience)]],
        "other": [lambda losses, patience: (0, 0)],
        **{bug: [lambda losses, patience, bug=bug: stop(losses, patience, bug)] for bug in BUGS},
        "first": [counts_the_first],
    },
    "training-half-interval": {
        "right": [1200, 1200.0, 300 * 4, torch.tensor(1200)],
        "kind": [*JUNK, lambda: 1200],
        "twice": [600],
        "root": [300 * math.sqrt(2), 424, 425],
        "more": [900],
        "square": [90_000],
        "factor": [4],
        "fewer": [150, 75, 300, 0, -1],
        "other": [1000, 2400],
    },
    "training-recall": {
        "right": [
            loop,
            lambda matrix: matrix.diagonal() / matrix.sum(dim=1),
            lambda matrix: (matrix / matrix.sum(1, keepdim=True)).diagonal(),
        ],
        "kind": [*JUNK, torch.eye(10)],
        "raises": [lambda: None, lambda matrix: None, lambda matrix: "", lambda matrix: {1: 2}],
        "ten": [
            ten_only,
            lambda matrix: [matrix[i, i] / matrix[i].sum() for i in range(10)],
        ],
        "length": [
            lambda matrix: matrix.diagonal().sum() / matrix.sum(),
            lambda matrix: matrix / matrix.sum(1, keepdim=True),
            lambda matrix: torch.tensor([]),
        ],
        "precision": [
            lambda matrix: matrix.diagonal() / matrix.sum(dim=0),
            lambda matrix: [matrix[i, i] / matrix[:, i].sum() for i in range(10)],
        ],
        "counts": [lambda matrix: matrix.diagonal()],
        "share": [lambda matrix: matrix.diagonal() / matrix.sum()],
        "missed": [lambda matrix: 1 - matrix.diagonal() / matrix.sum(dim=1)],
        "percent": [lambda matrix: 100 * matrix.diagonal() / matrix.sum(dim=1)],
        "other": [lambda matrix: matrix.diagonal() / matrix.amax(dim=1) * 0.123],
    },
}
