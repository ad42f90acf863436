"""Answers to the exercises of the page numpy, right ones and wrong ones, by what is wrong."""

import numpy as np
import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan"), np.array([])]


def _shift_in_place(table):
    table -= table.mean(axis=0)
    return table / table.std(axis=0)


def _update(powers, w, y, v):
    w -= 2 / len(y) * powers.T @ (v * (powers @ w - y))
    return w


def _weighted(powers, w, y, v):
    return 2 / len(y) * (powers.T @ (v * (powers @ w - y)))


def _abs_in_place(a, b):
    a += 1
    return np.abs(a[:, None] - 1 - b)


def _gap_by_gap(a, b):
    table = np.zeros((len(a), len(b)))
    i = 0
    while i < len(a):
        table[i] = np.abs(a[i] - b)
        i += 1
    return table


CASES = {
    "numpy-windows": {
        "right": [30, 30.0, np.int64(30), np.array(30), torch.tensor(30)],
        "kind": [*JUNK, "30", lambda: 30, [0, 1, 10, 10, 4, 5], True],
        "slice-copies": [15],
        "mask-shares": [5],
        "reversed": [10],
        "end-included": [36],
        "other": [0, 31, -1e9],
    },
    "numpy-gaps": {
        "right": [
            lambda a, b: np.abs(a[:, None] - b),
            lambda a, b: np.abs(np.subtract.outer(a, b)),
            lambda a, b: np.abs(a.reshape(len(a), 1) - b),
            lambda a, b: np.sqrt((a[:, np.newaxis] - b[np.newaxis, :]) ** 2),
        ],
        "loops": [
            lambda a, b: np.array([[abs(p - q) for q in b] for p in a]),
            lambda a, b: np.stack([np.abs(a - q) for q in b], axis=1),
            lambda a, b: np.vectorize(lambda p, q: abs(p - q))(a[:, None], b),
            _gap_by_gap,
        ],
        "kind": [*JUNK, np.zeros((3, 2))],
        "fails": [
            lambda: 3,
            lambda a, b: np.abs(a[:3, None] - b[:, 3]),
            lambda a, b: [][0],
            int,
        ],
        "returns": [
            lambda a, b: None,
            lambda a, b: np.abs(a[:, None] - b).tolist(),
            lambda a, b: torch.zeros(3, 3),
        ],
        "changed": [_abs_in_place],
        "pairs": [lambda a, b: np.abs(a - b), lambda a, b: a - b],
        "signed": [lambda a, b: a[:, None] - b, lambda a, b: b - a[:, None]],
        "transposed": [lambda a, b: np.abs(b[:, None] - a)],
        "squared": [lambda a, b: (a[:, None] - b) ** 2],
        "other": [
            lambda a, b: a,
            lambda a, b: np.array("x"),
            lambda a, b: np.array(None),
            lambda a, b: a[:, None] + b,
            lambda a, b: np.full((3, 3), np.nan),
        ],
    },
    "numpy-rescale": {
        "right": [
            lambda table: (table - table.mean(axis=0)) / table.std(axis=0),
            lambda t: (t - t.mean(0, keepdims=True)) / np.sqrt(t.var(0)),
            lambda t: ((t.T - t.mean(0)[:, None]) / t.std(0)[:, None]).T,
        ],
        "kind": [*JUNK, np.zeros((2, 3))],
        "fails": [lambda: 3, lambda t: t @ t[0, 0], lambda t: t.x],
        "returns": [lambda t: None, lambda t: t.tolist(), lambda t: 0.0],
        "changed": [_shift_in_place],
        "rows": [lambda t: (t - t.mean(1, keepdims=True)) / t.std(1, keepdims=True)],
        "mixed": [lambda t: (t - t.mean(axis=1)) / t.std(axis=1)],
        "everything": [lambda t: (t - t.mean()) / t.std()],
        "only-shifted": [lambda t: t - t.mean(axis=0)],
        "only-divided": [lambda t: t / t.std(axis=0)],
        "variance": [lambda t: (t - t.mean(axis=0)) / t.var(axis=0)],
        "sample": [lambda t: (t - t.mean(axis=0)) / t.std(axis=0, ddof=1)],
        "other": [
            lambda t: t,
            lambda t: t / t.std(axis=0) - t.mean(axis=0),
            lambda t: t.mean(axis=0),
            lambda t: t.astype(object),
        ],
    },
    "numpy-weighted": {
        "right": [
            _weighted,
            lambda powers, w, y, v: 2 * np.mean((v * (powers @ w - y))[:, None] * powers, axis=0),
            lambda powers, w, y, v: 2 * (v * (powers @ w - y)) @ powers / len(powers),
        ],
        "kind": [*JUNK, np.zeros(4)],
        "fails": [lambda: 3, lambda powers, w, y: w, lambda powers, w, y, v: powers @ v],
        "returns": [lambda *arguments: None, lambda powers, w, y, v: v @ y],
        "changed": [_update],
        "unweighted": [lambda powers, w, y, v: 2 / len(y) * powers.T @ (powers @ w - y)],
        "half": [lambda powers, w, y, v: powers.T @ (v * (powers @ w - y)) / len(y)],
        "total": [lambda powers, w, y, v: 2 * powers.T @ (v * (powers @ w - y))],
        "sign": [lambda powers, w, y, v: -_weighted(powers, w, y, v)],
        "shares": [lambda powers, w, y, v: _weighted(powers, w, y, v) * len(y) / v.sum()],
        "twice-weighted": [lambda powers, w, y, v: _weighted(powers, w, y, v**2)],
        "points": [
            lambda powers, w, y, v: 2 / len(y) * v * (powers @ w - y),
            lambda powers, w, y, v: _weighted(powers, w, y, v)[:, None],
        ],
        "other": [
            lambda powers, w, y, v: w + 0,
            lambda powers, w, y, v: _weighted(powers, w, y, v) / 1000,
            lambda powers, w, y, v: w + 1j,
        ],
    },
}
