"""Answers to the exercises of the page data, right ones and wrong ones, by what is wrong."""

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan"), int]


def _each_row(values, mask):
    return torch.stack([row[keep].mean() for row, keep in zip(values, mask, strict=True)])


def _in_place(values, mask):
    values[~mask] = 0
    return values.sum(dim=1) / mask.sum(dim=1)


CASES = {
    "data-average": {
        "right": [
            lambda values, mask: (values * mask).sum(dim=1) / mask.sum(dim=1),
            lambda values, mask: values.where(mask, torch.nan).nanmean(dim=-1),
            _each_row,
        ],
        "kind": [*JUNK, torch.zeros(3)],
        "fails": [lambda: 3, lambda values, mask: values[mask].view(len(values), -1).mean(1)],
        "returns": [lambda values, mask: None, lambda values, mask: [1.0]],
        "changed": [_in_place],
        "padding-counts": [lambda values, mask: values.mean(dim=1)],
        "length": [lambda values, mask: (values * mask).mean(dim=1)],
        "sum": [lambda values, mask: (values * mask).sum(dim=1)],
        "count": [lambda values, mask: values.sum(dim=1) / mask.sum(dim=1)],
        "inverted": [lambda values, mask: (values * ~mask).sum(dim=1) / (~mask).sum(dim=1)],
        "zeros": [lambda v, m: (v * m).sum(dim=1) / (v * m).count_nonzero(dim=1)],
        "all-rows": [lambda values, mask: values[mask].mean()],
        "shape": [
            lambda values, mask: (values * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True),
            lambda values, mask: (values * mask).sum(dim=0) / mask.sum(dim=0),
            lambda values, mask: values,
        ],
        "other": [
            lambda values, mask: values.amax(dim=1),
            lambda values, mask: values[:, 0].to("meta"),
            lambda values, mask: values[:, 0] * 1j,
        ],
    },
    "data-siblings": {
        "right": [1 - 0.2**4, 0.998, 0.9985, torch.tensor(0.9984)],
        "kind": [*JUNK, True, "0.998"],
        "percent": [99.8, 80, 100],
        "range": [-0.2, 1.2, 500],
        "one": [0.8],
        "all-four": [0.8**4, 0.41],
        "none": [0.2, 0.2**4],
        "test": [1 - 0.8**4, 0.59],
        "itself": [1 - 0.2**5, 0.9997],
        "zero": [0, 0.0],
        "certain": [1, 1.0],
        "other": [0.5, 0.95, 0.3, 0.997, 0.9975, 0.999],
    },
    "data-stream-batches": {
        "right": [14, 14.0, torch.tensor(14)],
        "kind": [*JUNK, "14", True],
        "one-process": [15],
        "kept": [16],
        "one-worker": [7],
        "repeated": [30, 32],
        "examples": [896, 500, 1000],
        "fraction": [15.625, 7.8],
        "other": [3, 8, 0, -1],
    },
}
