"""What can be wrong with an answer to the exercises of the page `training`."""

import math
from typing import Any

import torch

from torchbook.checks.answers import number


def first_loss(answer: Any) -> str | None:
    value = number(answer)
    if value is None:
        return "kind"
    known = {
        "sign": -math.log(10),
        "bits": math.log2(10),
        "decimal": 1.0,
        "zero": 0.0,
        "probability": 0.1,
        "errors": 0.9,
    }
    if abs(value - math.log(10)) <= 0.01:
        return None
    return next((name for name, wrong in known.items() if abs(value - wrong) <= 0.01), "other")


def stop(losses: list[float], patience: int, bug: str = "") -> tuple[int, int]:
    """Early stopping, (epoch of the best, last epoch), or with one of the usual bugs in it."""
    best = epoch = 0
    stopped = False
    waited = int(bug == "first")
    for epoch in range(1, len(losses)):
        against = losses[epoch - 1] if bug == "previous" else losses[best]
        if losses[epoch] < against or (bug == "ties" and losses[epoch] == against):
            best = epoch
            waited = waited if bug == "total" else 0
        else:
            waited += 1
            if waited == patience + (bug == "late") - (bug == "early") and bug != "never":
                stopped = True
                break
    if bug == "value":
        return losses[best], epoch
    last = epoch + (bug == "count" or (bug == "end" and not stopped))
    return (epoch if bug == "last" else best), last


BUGS = ("never", "previous", "total", "late", "early", "first", "ties", "last")
BUGS += ("value", "count", "end")
RUNS = (
    ([4.0, 3.0, 2.0, 1.0], 2),
    ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2),
    ([5.0, 4.0, 4.5, 4.25, 3.0, 6.0, 6.0, 6.0], 2),
    ([5.0, 4.0, 4.5, 3.0, 3.5, 2.0, 2.5, 1.0, 1.5], 3),
    ([5.0, 4.0, 4.5, 4.6, 3.0, 3.5, 3.6, 3.7, 2.0], 3),
    ([2.0, 2.0, 2.0, 2.0, 2.0, 2.0], 3),
    ([3.0], 1),
)


def pair(answer: Any) -> tuple[int, int] | None:
    """The answer as two whole numbers, or None."""
    try:
        best, last = (float(part) for part in answer)
        return (int(best), int(last)) if best == int(best) and last == int(last) else None
    except Exception:
        return None


def stopper(answer: Any) -> str | None:
    if not callable(answer):
        return "kind"
    found = []
    for losses, patience in RUNS:
        try:
            result = answer(list(losses), patience)
        except Exception:
            return "raises"
        found.append(pair(result))
    if None in found:
        return "pair"
    right = [stop(*run) for run in RUNS]
    if found == right:
        return None
    if found == [(last, best) for best, last in right]:
        return "order"
    if found == [(best + 1, last + 1) for best, last in right]:
        return "from-one"
    return next((bug for bug in BUGS if found == [stop(*run, bug) for run in RUNS]), "other")


def half_interval(answer: Any) -> str | None:
    value = number(answer)
    if value is None:
        return "kind"
    if value == 1200:
        return None
    known = {4: "factor", 600: "twice", 424: "root", 425: "root", 900: "more", 90000: "square"}
    return known.get(round(value), "fewer" if value <= 300 else "other")


MATRICES = (
    [[10 * (i == j) + (10 * i + j) % 7 for j in range(10)] for i in range(10)],
    [[8, 2, 0], [1, 3, 0], [4, 0, 2]],
)


def recall(answer: Any) -> str | None:
    if not callable(answer):
        return "kind"
    names = set()
    for matrix in map(torch.tensor, MATRICES):
        diagonal, rows, columns = matrix.diagonal().double(), matrix.sum(1), matrix.sum(0)
        known = {
            "": diagonal / rows,
            "precision": diagonal / columns,
            "counts": diagonal,
            "share": diagonal / matrix.sum(),
            "missed": 1 - diagonal / rows,
            "percent": 100 * diagonal / rows,
        }
        try:
            result = torch.as_tensor(answer(matrix.clone())).detach().cpu().double()
        except Exception:  # or only with fewer classes than ten
            return (names.pop() or "ten") if names else "raises"
        if result.shape != diagonal.shape:
            return (names.pop() or "ten") if names else "length"
        same = (name for name, what in known.items() if torch.allclose(result, what, atol=1e-5))
        names.add(next(same, "other"))
    return (names.pop() or None) if len(names) == 1 else "other"
