"""Answers to the exercises of the page tensors, right ones and wrong ones, by what is wrong."""

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan")]


def _loop(logits, targets):
    return torch.stack([row[target] for row, target in zip(logits, targets, strict=True)])


def _by_class(logits, targets):
    return sum(logits[:, v] * (targets == v) for v in range(logits.shape[1]))


def _subtract_in_place(cities):
    cities -= cities.mean(dim=1, keepdim=True)
    return cities


def _sort_in_place(logits, targets):
    logits[:] = logits.sort(dim=1).values
    return logits[:, -1]


CASES = {
    "tensors-rank": {
        "right": [(2, 1, 4), [2, 1, 4], torch.Size([2, 1, 4])],
        "kind": [*JUNK, lambda: 3, (), (2.0, 1, 4), "(2, 1, 4)", True, torch.tensor(3)],
        "counts-indices": [3],
        "counts-numbers": [8, (8,)],
        "skips-bracket": [(2, 4)],
        "inside-out": [(4, 1, 2)],
        "other": [(1, 2, 4), (2, 2, 2), (3,), (0, 0, 0)],
    },
    "tensors-shared": {
        "right": ["pr", "rp", "p, r", "P R", {"p", "r"}, ["p", "r"]],
        "kind": [*JUNK, lambda: "pr", "xyz", "z", [1, 2], " "],
        "list-shares": ["pqr", "q", "pqrs"],
        "reshape-shares": ["prs", "s"],
        "row-copies": ["r"],
        "transpose-copies": ["p"],
    },
    "tensors-pick": {
        "right": [
            lambda logits, targets: logits[torch.arange(len(logits)), targets],
            lambda logits, targets: logits.gather(1, targets[:, None])[:, 0],
            lambda logits, targets: logits[range(len(logits)), targets],
            lambda logits, targets: logits[:, targets].diag(),
        ],
        "loops": [
            _by_class,
            _loop,
            lambda logits, targets: torch.stack([logits[i, t] for i, t in enumerate(targets)]),
            lambda logits, targets: logits[[i for i in range(len(logits))], targets],
        ],
        "kind": [*JUNK, torch.zeros(3)],
        "fails": [
            lambda: 3,
            lambda logits, targets: logits[5, targets],
            lambda logits, targets: logits[[0, 1], targets],
        ],
        "returns": [lambda logits, targets: None, lambda logits, targets: logits.tolist()],
        "changed": [_sort_in_place],
        "block": [lambda logits, targets: logits[:, targets]],
        "rows": [lambda logits, targets: logits[targets], lambda logits, targets: logits],
        "column": [lambda logits, targets: logits.gather(1, targets[:, None])],
        "largest": [lambda logits, targets: logits.max(dim=1).values],
        "other": [
            lambda logits, targets: logits[0, targets],
            lambda logits, targets: torch.zeros(()),
            lambda logits, targets: logits.max(dim=1).indices,
        ],
    },
    "tensors-center": {
        "right": [
            lambda cities: cities - cities.mean(dim=1, keepdim=True),
            lambda cities: cities - cities.mean(1)[:, None],
            lambda cities: cities.sub(cities.sum(-2, True) / cities.shape[1]),
        ],
        "kind": [*JUNK, torch.zeros(2, 2, 3)],
        "fails": [lambda: 3, lambda cities: cities @ cities.T, lambda cities: cities.x],
        "returns": [lambda cities: None],
        "changed": [_subtract_in_place],
        "keepdim": [lambda cities: cities - cities.mean(dim=1)],
        "cities": [
            lambda cities: cities - cities.mean(dim=0),
            lambda cities: cities - cities.mean(dim=0, keepdim=True),
        ],
        "readings": [lambda cities: cities - cities.mean(dim=2, keepdim=True)],
        "everything": [lambda cities: cities - cities.mean()],
        "reversed": [
            lambda cities: cities.mean(dim=1, keepdim=True) - cities,
            lambda cities: -(cities - cities.mean(1, True)),
        ],
        "only-means": [
            lambda cities: cities.mean(dim=1),
            lambda cities: cities.mean(dim=1, keepdim=True),
            lambda cities: torch.tensor(float("nan")),
        ],
        "other": [
            lambda cities: cities,
            lambda cities: cities + cities.mean(dim=1, keepdim=True),
            lambda cities: cities[None],
            lambda cities: cities.int() // 2,
            lambda cities: cities * 1j,
            lambda cities: cities.to("meta"),
            lambda cities: cities.to_sparse(),
        ],
    },
}
