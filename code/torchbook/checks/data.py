"""Checks for the page data: padding that does not count, siblings, and who reads what."""

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
            "inverted": (values * ~mask).sum(dim=1) / (~mask).sum(dim=1),
            "zeros": (values * mask).sum(dim=1) / (values * mask).count_nonzero(dim=1),
            "all-rows": values[mask].mean(),
        }
        found = [key for key, value in known.items() if same(result, value)]
        if None not in found:
            return found[0] if found else ("other" if result.shape == (len(lengths),) else "shape")
    return None


def siblings(answer: Any) -> str | None:
    """The part of the test images that have one of four siblings in the 80 % of training."""
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
        1 - 0.2**5: "itself",
        0.0: "zero",
    }
    near = min(known, key=lambda wrong: abs(wrong - value))
    if 0.9975 <= value <= 0.9995:
        return None
    if value == 1:
        return "certain"
    return known[near] if abs(near - value) < 0.006 else "other"


SHARES = ((10, 2), (10, 4), (7, 3), (12, 4), (5, 1), (3, 5), (29, 10), (0, 2))


def stretch(answer: Any) -> str | None:
    """A function (n, worker, workers) -> range: consecutive, complete, fair."""
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    found = []
    for n, workers in SHARES:
        try:
            results = [answer(n, worker, workers) for worker in range(workers)]
        except Exception:
            return "fails"
        if not all(isinstance(result, range | list | tuple) for result in results):
            return "returns"
        if any(len(result) > 1000 for result in results):
            return "other"
        if not all(type(position) is int for result in results for position in result):
            return "returns"
        found.append(results)
    shares = list(zip((n for n, _ in SHARES), found, strict=True))
    if all(list(part) == list(range(n)) for n, parts in shares for part in parts):
        return "everything"
    if any(position < 0 or position >= n for n, parts in shares for p in parts for position in p):
        return "outside"
    for mistake in (_repeats, _lost, _gaps, _unfair):
        if any(mistake(n, parts) for n, parts in shares):
            return mistake.__name__[1:]
    return None


def _repeats(n: int, parts: list) -> bool:
    positions = [position for part in parts for position in part]
    return len(positions) > len(set(positions))


def _lost(n: int, parts: list) -> bool:
    return len({position for part in parts for position in part}) < n


def _gaps(n: int, parts: list) -> bool:
    return any(list(part) != list(range(part[0], part[0] + len(part))) for part in parts if part)


def _unfair(n: int, parts: list) -> bool:
    lengths = [len(part) for part in parts]
    return max(lengths) - min(lengths) > 1


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
        8: "one-worker",
        30: "repeated",
        32: "repeated",
        896: "examples",
        500: "examples",
        1000: "examples",
    }
    return known.get(value, "fraction" if value != int(value) else "other")
