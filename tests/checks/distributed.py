"""Answers to the exercises of the page distributed, right and wrong, by what is wrong."""

import torch

from torchbook.checks.distributed import _deal

JUNK = [None, "", object(), torch.tensor([]), float("nan"), lambda: 3, 3, (1,), (1, 2, 3), "ab"]
DEALT = ("short", "dropped", "own", "last", "zeros", "amount", "round", "blocks", "all")


def _padded(n, size, rank):
    indices = list(range(n))
    return (indices + indices[: -n % size])[rank::size]


CASES = {
    "distributed-reduce": {
        "right": [(1.5, 3.5), [1.5, 3.5], torch.tensor([1.5, 3.5])],
        "kind": [*JUNK, (1.5, None), ("1.5", "3.5"), (float("inf"), 1)],
        "sum": [(6, 14)],
        "own": [(3, 9), (0.75, 2.25)],
        "from-one": [(2.5, 7.5)],
        "three": [(2, 14 / 3), (2, 4.67)],
        "square-of-mean": [(1.5, 2.25)],
        "other": [(0, 0), (1, 2)],
    },
    "distributed-uneven": {
        "right": [(3, 2), (3.0, 2.0), torch.tensor([3, 2])],
        "kind": [*JUNK, (3, "2")],
        "same": [(3, 3), (2, 2)],
        "swapped": [(2, 3)],
        "sum": [(6, 2), (3, 80)],
        "first": [(3, 1), (3.0, 4.0)],
        "other": [(4, 2)],
    },
    "distributed-share": {
        "right": [
            _padded,
            lambda n, size, rank: tuple(_padded(n, size, rank)),
            lambda n, size, rank: [i % n for i in range(rank, n + -n % size, size)],
        ],
        "kind": [None, "", object(), torch.tensor([]), float("nan"), [0, 2, 4]],
        "fails": [lambda: 3, lambda n, size, rank: [][rank]],
        "returns": [
            lambda n, size, rank: None,
            lambda n, size, rank: [i / 1 for i in range(n)],
        ],
        "tensor": [lambda n, size, rank: torch.arange(n)[rank::size]],
        **{
            how: [lambda n, size, rank, how=how: _deal(n, size, rank, how)]
            for how in DEALT
            if how != "blocks"
        },
        "blocks": [
            lambda n, size, rank: _deal(n, size, rank, "blocks"),
            lambda n, size, rank: _deal(n, size, rank, "cut-blocks"),
        ],
        "other": [lambda n, size, rank: [], lambda n, size, rank: _padded(n, size, rank)[::-1]],
    },
    "distributed-memory": {
        "right": [(112, 14), [112.0, 14.0], torch.tensor([112.0, 14.0])],
        "kind": [*JUNK, ("112", "14")],
        "weights": [(28, 3.5)],
        "part": [(84, 10.5), (56, 7)],
        "divides": [(14, 14)],
        "whole": [(112, 112)],
        "swapped": [(14, 112)],
        "units": [(112e9, 14e9), (104.3, 13.04)],
        "other": [(1, 2), (112, 28)],
    },
}
