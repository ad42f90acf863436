"""Checks for the page data: padding that does not count, siblings, and who drops a batch."""

from typing import Any

import torch

from torchbook.checks.answers import attempt, number, same


def average(answer: Any) -> str | None:
    """A function (B, T), (B, T) -> (B): the mean of the values where the mask is True."""
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    generator = torch.Generator().manual_seed(0)
    for columns, lengths in ((5, [2, 4, 4]), (4, [4, 2, 3, 2]), (6, [3]), (1, [1, 1])):
        values = torch.randn(len(lengths), columns, generator=generator) + 2
        mask = torch.arange(columns) < torch.tensor(lengths)[:, None]
        values[:, 0] = 0  # a real value that happens to be zero
        result, mistake = attempt(answer, values, mask)
        if mistake:
            return mistake
        known = {
            None: torch.stack([row[keep].mean() for row, keep in zip(values, mask, strict=True)]),
            "padding-counts": values.mean(dim=1),
            "length": (values * mask).mean(dim=1),
            "sum": (values * mask).sum(dim=1),
            "count": values.sum(dim=1) / mask.sum(dim=1),
            "inverted": (values * ~mask).sum(dim=1) / (~mask).sum(dim=1),
            "zeros": (values * mask).sum(dim=1) / (values * mask).count_nonzero(dim=1),
            "all-rows": values[mask].mean(),
        }
        found = [key for key, value in known.items() if same(result, value)]
        if None not in found:
            return found[0] if found else ("other" if result.shape == (len(lengths),) else "shape")
    return None


def siblings(answer: Any) -> str | None:
    """The probability that one of four siblings went to training, each with probability 0.8."""
    value = number(answer)
    if value is None:
        return "kind"
    if 1.5 < value <= 100:
        return "percent"
    if not 0 <= value <= 1:
        return "range"
    known = {
        0.8: "one",
        0.8**4: "all-four",
        0.2: "none",
        0.2**4: "none",
        1 - 0.8**4: "test",
        0.0: "zero",
    }
    near = min(known, key=lambda wrong: abs(wrong - value))
    if abs(value - (1 - 0.2**4)) <= 0.0005:
        return None
    if value == 1:
        return "certain"
    if abs(value - (1 - 0.2**5)) <= 0.0001:
        return "itself"
    return known[near] if abs(near - value) < 0.006 else "other"


def stream_batches(answer: Any) -> str | None:
    """Batches of 64, the last one dropped, of 1,000 examples shared by two workers."""
    value = number(answer)
    if value is None:
        return "kind"
    known = {
        14: None,
        15: "one-process",
        16: "kept",
        7: "one-worker",
        30: "repeated",
        32: "repeated",
        896: "examples",
        500: "examples",
        1000: "examples",
    }
    return known.get(value, "fraction" if value != int(value) else "other")
