"""Answers to the exercises of the page setup, right ones and wrong ones, by what is wrong."""

from itertools import pairwise

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan")]


def _counts(notebook):
    return [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]


def _loop(notebook):
    expected = 1
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.execution_count != expected:
                return False
            expected += 1
    return True


def _consecutive(notebook):
    counts = _counts(notebook)
    return all(b - a == 1 for a, b in pairwise(counts))


def _by_place(notebook):
    return all(
        cell.execution_count == place
        for place, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code"
    )


CASES = {
    "setup-order": {
        "right": [(20, 10), [20, 10], (20.0, torch.tensor(10))],
        "kind": [*JUNK, lambda: (20, 10), (20,), 20, ("a", "b"), (20, 10, 20), {20, 10}],
        "first": [(10, 10), (40, 10), (10, 20)],
        "page-order": [(20, 20)],
        "forgets-a": [(20, 40), (20, 80)],
        "other": [(20, 30), (20, 0)],
    },
    "setup-counts": {
        "right": [lambda n: _counts(n) == list(range(1, len(_counts(n)) + 1)), _loop],
        "kind": [*JUNK, True, [1, 2]],
        "fails": [lambda: True, lambda n: n.nothing, lambda n: n.cells[9].execution_count == 1],
        "returns": [lambda n: None, _counts, lambda n: 1],
        "refuses": [
            lambda n: False,
            lambda n: _counts(n) == list(range(len(_counts(n)))),
            lambda n: _counts(n) == range(1, len(_counts(n)) + 1),
        ],
        "prose": [
            _by_place,
            lambda n: [c.execution_count for c in n.cells] == list(range(1, len(n.cells) + 1)),
        ],
        "backwards": [lambda n: True, lambda n: set(_counts(n)) >= {1}],
        "repeats": [
            lambda n: _counts(n)[0] == 1 and all(a <= b for a, b in pairwise(_counts(n))),
        ],
        "gaps": [
            lambda n: None not in _counts(n) and _counts(n) == sorted(set(_counts(n))),
            lambda n: _counts(n)[0] == 1 and all(a < b for a, b in pairwise(_counts(n))),
        ],
        "late": [lambda n: all(b - a == 1 for a, b in pairwise(_counts(n)))],
        "stumbles": [lambda n: _counts(n)[0] in (1, None) and _consecutive(n)],
        "unrun": [
            lambda n: all(c in (i, None) for i, c in enumerate(_counts(n), 1)),
        ],
    },
    "setup-where": {
        "right": [("binder", "colab", "local"), ["Binder", "Colab", "local "]],
        "kind": [*JUNK, lambda: 3, ("binder", "colab"), "local", (1, 2, 3), ("a", "b", "c")],
        "account": [("colab", "colab", "local")],
        "install": [("local", "colab", "local")],
        "gpu": [("binder", "binder", "local"), ("binder", "local", "local")],
        "kept": [("binder", "colab", "colab"), ("binder", "colab", "binder")],
    },
}
