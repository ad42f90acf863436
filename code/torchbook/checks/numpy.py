"""Checks for the page numpy: windows and copies, a table of gaps, columns, a weighted gradient."""

from typing import Any

import numpy as np

from torchbook.checks.answers import attempt, loops, number


def windows(answer: Any) -> str | None:
    """The sum of arange(6) after writing 10 through a[2:4] and 0 through a mask's copy."""
    value = number(answer)
    if value is None:
        return "kind"
    known = {30: None, 15: "slice-copies", 5: "mask-shares", 10: "reversed", 36: "end-included"}
    return known.get(value, "other")


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal shapes and almost equal real numbers."""
    return a.shape == b.shape and a.dtype.kind in "fiu" and np.allclose(a, b)


def _find(result: np.ndarray, wrong: dict[str, np.ndarray]) -> str:
    """The name of the wrong result that this one equals."""
    return next((key for key, value in wrong.items() if _same(result, value)), "other")


def gaps(answer: Any) -> str | None:
    """A function (N), (M) -> (N, M): the distance between each number and each, with no loop."""
    if not callable(answer):
        return "kind"
    rng = np.random.default_rng(0)
    for n, m in ((3, 3), (4, 2), (1, 5)):
        a, b = rng.normal(size=n), rng.normal(size=m)
        result, mistake = attempt(answer, a, b)
        if mistake:
            return mistake
        table = a.reshape(n, 1) - b
        if _same(result, np.abs(table)):
            continue
        if result.dtype.kind not in "fi":
            return "other"
        size = np.abs(result)
        if n == m and _same(size, np.abs(a - b)):
            return "pairs"
        if not _same(size, result) and (_same(size, np.abs(table)) or _same(-result, table.T)):
            return "signed"
        return _find(result, {"transposed": np.abs(table).T, "squared": table**2})
    return "loops" if loops(answer, lambda n: (np.ones(n), np.ones(n + 1))) else None


def rescale(answer: Any) -> str | None:
    """A function (N, M) -> (N, M): every column with mean 0 and standard deviation 1."""
    if not callable(answer):
        return "kind"
    rng = np.random.default_rng(0)
    for shape in ((3, 3), (5, 2), (2, 6)):
        x = rng.normal(3, 2, size=shape)
        result, mistake = attempt(answer, x)
        if mistake:
            return mistake
        centred = x - x.mean(axis=0)
        if _same(result, centred / x.std(axis=0)):
            continue
        wrong = {
            "rows": (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True),
            "everything": (x - x.mean()) / x.std(),
            "only-shifted": centred,
            "only-divided": x / x.std(axis=0),
            "variance": centred / x.var(axis=0),
            "sample": centred / x.std(axis=0, ddof=1),
        }
        if shape[0] == shape[1]:
            wrong["mixed"] = (x - x.mean(axis=1)) / x.std(axis=1)
        return _find(result, wrong)
    return None


def weighted(answer: Any) -> str | None:
    """A function (N, D), (D), (N), (N) -> (D): the gradient of the mean of v * error ** 2."""
    if not callable(answer):
        return "kind"
    rng = np.random.default_rng(0)
    for n, d in ((7, 4), (5, 2), (3, 3)):
        powers, w = rng.normal(size=(n, d)), rng.normal(size=d)
        y, v = rng.normal(size=n), rng.uniform(1, 3, size=n)
        result, mistake = attempt(answer, powers, w, y, v)
        if mistake:
            return mistake
        error = powers @ w - y
        gradient = 2 / n * powers.T @ (v * error)
        if _same(result, gradient):
            continue
        wrong = {
            "unweighted": 2 / n * powers.T @ error,
            "half": gradient / 2,
            "total": gradient * n,
            "sign": -gradient,
            "shares": gradient * n / v.sum(),
            "twice-weighted": 2 / n * powers.T @ (v**2 * error),
        }
        return "points" if result.shape != (d,) else _find(result, wrong)
    return None
