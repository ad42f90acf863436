"""Checks for the page tensors: shapes, shared memory, indices in pairs, the dimension that goes."""

from typing import Any

import torch

from torchbook.checks.answers import attempt, loops, same


def rank(answer: Any) -> str | None:
    """The shape of [[[1, 2, 3, 4]], [[5, 6, 7, 8]]]."""
    if type(answer) is int:
        return {3: "counts-indices", 8: "counts-numbers"}.get(answer, "kind")
    if not isinstance(answer, tuple | list) or not answer:
        return "kind"
    if not all(type(length) is int for length in answer):
        return "kind"
    known = {
        (2, 1, 4): None,
        (8,): "counts-numbers",
        (2, 4): "skips-bracket",
        (4, 1, 2): "inside-out",
    }
    return known.get(tuple(answer), "other")


def shared(answer: Any) -> str | None:
    """Which of p, q, r, s see a change in z: p = z[0], q = z[[0]], r = z.T, s a reshape of it."""
    if isinstance(answer, set | frozenset | list | tuple):
        answer = "".join(name for name in answer if isinstance(name, str))
    if not isinstance(answer, str):
        return "kind"
    names = set(answer.lower()) - set(" ,;")
    if not names or not names <= set("pqrs"):
        return "kind"
    if "q" in names:
        return "list-shares"
    if "s" in names:
        return "reshape-shares"
    if "p" not in names:
        return "row-copies"
    return None if "r" in names else "transpose-copies"


def pick(answer: Any) -> str | None:
    """A function (N, V), (N) -> (N): the score of each row's target."""
    if not callable(answer):
        return "kind"
    generator = torch.Generator().manual_seed(0)
    for n, v in ((5, 3), (4, 4), (2, 6), (1, 2)):
        logits = torch.randn(n, v, generator=generator)
        targets = torch.randint(v, (n,), generator=generator)
        result, mistake = attempt(answer, logits, targets)
        if mistake:
            return mistake
        wrong = {
            "block": logits[:, targets],
            "column": logits.gather(1, targets[:, None]),
            "largest": logits.amax(dim=1),
        }
        if same(result, torch.stack([logits[i, t] for i, t in enumerate(targets)])):
            continue
        if result.shape == (n, v):
            return "rows" if v != n or not same(result, wrong["block"]) else "block"
        return next((key for key, value in wrong.items() if same(result, value)), "other")
    longer = loops(answer, lambda n: (torch.ones(n, n), torch.zeros(n, dtype=torch.int64)))
    return "loops" if longer else None


def center(answer: Any) -> str | None:
    """A function (cities, days, readings) -> same: each city's mean over its days taken away."""
    if not callable(answer):
        return "kind"
    generator = torch.Generator().manual_seed(0)
    for shape in ((3, 3, 3), (2, 2, 3), (2, 4, 3), (5, 1, 2)):
        x = torch.randn(shape, generator=generator)
        result, mistake = attempt(answer, x)
        if mistake:
            return mistake
        if same(result, x - x.mean(dim=1, keepdim=True)):
            continue
        if result.ndim < 3 or result.shape[1] < shape[1]:
            return "only-means"
        if result.shape != shape:
            return "other"
        wrong = {
            "keepdim": (x - x.mean(dim=1)) if shape[0] == shape[1] else x,
            "cities": x - x.mean(dim=0),
            "readings": x - x.mean(dim=2, keepdim=True),
            "everything": x - x.mean(),
            "reversed": x.mean(dim=1, keepdim=True) - x,
        }
        return next((key for key, value in wrong.items() if same(result, value)), "other")
    return None
