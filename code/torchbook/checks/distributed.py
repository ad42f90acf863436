"""Checks for the page distributed: sums over ranks, means of means, shares of data and memory."""

import math
from typing import Any

import torch

from torchbook.checks.answers import pair


def _named(answer: Any, right: tuple[float, float], known: dict[str, list[tuple]]) -> str | None:
    """None if the answer is the right pair, or which of the known mistakes it is."""
    values = pair(answer)
    if values is None:
        return "kind"

    def same(other: tuple[float, float]) -> bool:
        return all(math.isclose(a, b, rel_tol=0.005) for a, b in zip(values, other, strict=True))

    if same(right):
        return None
    return next((key for key, wrong in known.items() if any(map(same, wrong))), "other")


def reduce(answer: Any) -> str | None:
    """The mean over the ranks 0 to 3 of (rank, rank squared)."""
    known = {
        "sum": [(6, 14)],
        "own": [(3, 9), (0.75, 2.25)],
        "from-one": [(2.5, 7.5), (10, 30)],
        "three": [(2, 14 / 3), (1, 5 / 3), (3, 5)],
        "square-of-mean": [(1.5, 2.25), (6, 36), (1.5, 9)],
    }
    return _named(answer, (1.5, 3.5), known)


def uneven(answer: Any) -> str | None:
    """The mean of the means of 30 examples at 1 and 10 at 5, and the mean of the 40."""
    values = pair(answer)
    if values and values[0] == values[1]:
        return "same"
    key = _named(answer, (3, 2), {"swapped": [(2, 3)], "sum": [(6, 2), (6, 80), (6, 3), (3, 80)]})
    return "first" if key == "other" and values and math.isclose(values[0], 3) else key


def _deal(n: int, size: int, rank: int, how: str = "") -> list[int]:
    """The indices of one process, as DistributedSampler deals them or with a usual mistake."""
    each = -(-n // size)
    padded = [i % n for i in range(each * size)]
    mine = list(range(rank, n, size))
    if how == "short":
        return mine
    if how == "dropped":
        return mine[: n // size]
    if how == "own":
        return mine + mine[: each - len(mine)]
    if how == "last":
        return (list(range(n)) + [n - 1] * (each * size - n))[rank::size]
    if how == "zeros":
        return (list(range(n)) + [0] * (each * size - n))[rank::size]
    if how == "amount":
        return [*range(n), *range(n % size)][rank::size]
    if how == "round":
        return [*range(n), *range(size - n % size)][rank::size]
    if how == "blocks":
        return padded[rank * each : (rank + 1) * each]
    if how == "cut-blocks":
        return list(range(n))[rank * each : (rank + 1) * each]
    return list(range(n)) if how == "all" else padded[rank::size]


SIZES = ((7, 2), (8, 2), (5, 3), (6, 4), (3, 3), (7, 4), (7, 5))
RUNS = [(n, size, rank) for n, size in SIZES for rank in range(size)]
BUGS = ("short", "dropped", "own", "last", "zeros", "amount", "round")
BUGS += ("blocks", "cut-blocks", "all")


def share(answer: Any) -> str | None:
    """A function n, size, rank -> the indices that DistributedSampler(shuffle=False) deals."""
    if not callable(answer):
        return "kind"
    found = []
    for run in RUNS:
        try:
            result = answer(*run)
        except Exception:
            return "fails"
        if isinstance(result, torch.Tensor):
            return "tensor"
        if not isinstance(result, list | tuple | range):
            return "returns"
        if not all(type(index) is int for index in result):
            return "returns"
        found.append(list(result))
    if found == [_deal(*run) for run in RUNS]:
        return None
    for how in BUGS:
        if found == [_deal(*run, how) for run in RUNS]:
            return "blocks" if how == "cut-blocks" else how
    return "other"


def memory(answer: Any) -> str | None:
    """GB per process of 7e9 float32 parameters trained with AdamW: by DDP, by FSDP over 8."""
    known = {
        "weights": [(28, 3.5)],
        "part": [(56, 7), (84, 10.5)],
        "divides": [(14, 14)],
        "whole": [(112, 112), (896, 112)],
        "swapped": [(14, 112)],
        "units": [(112e9, 14e9), (112e9 / 2**30, 14e9 / 2**30)],
    }
    return _named(answer, (112, 14), known)
