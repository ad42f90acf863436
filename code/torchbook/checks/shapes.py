"""Checks for the page shapes: broadcasting, a mean of some, einsum, heads merged again."""

from typing import Any

import torch

from torchbook.checks.answers import attempt, same


def _lengths(answer: Any) -> tuple[int, ...] | None:
    """The answer as a tuple of whole numbers, or None when it is not one."""
    if not isinstance(answer, tuple | list):
        return None
    return tuple(answer) if all(type(n) is int for n in answer) else None


def predict(answer: Any) -> str | None:
    """The shapes of a + b, b + c and a + c, for a (4, 1, 3), b (2, 1), c (2,); "error" if none."""
    if not isinstance(answer, tuple | list) or not answer:
        return "kind"
    found = []
    for item in answer:
        failed = item is None or (isinstance(item, str) and item.strip().lower() == "error")
        if not failed and _lengths(item) is None:
            return "kind"
        found.append("error" if failed else _lengths(item))
    if len(found) != 3:
        return "count"
    first, second, third = found
    if first != (4, 2, 3):
        return "left" if first == "error" else "first"
    if second != (2, 2):
        return "second"
    return None if third == "error" else "third"


def average(answer: Any) -> str | None:
    """A function (B, T, C), (B, T) -> (B, C): the mean of the vectors that are kept."""
    if not callable(answer):
        return "kind"
    generator = torch.Generator().manual_seed(0)
    for b, t, c in ((3, 3, 3), (2, 5, 2), (2, 5, 3), (4, 2, 1), (1, 3, 4)):
        x = torch.randn(b, t, c, generator=generator)
        keep = torch.arange(t) <= (torch.arange(b) % t)[:, None]  # 1, 2, 3... of each sequence
        keep = keep.flip(0).float()
        result, mistake = attempt(answer, x, keep)
        if mistake:
            return mistake
        counts = keep.sum(dim=1)
        kept = (x * keep[..., None]).sum(dim=1)
        if same(result, kept / counts[:, None]):
            continue
        wrong = {
            "everything": x.mean(dim=1),
            "zeros": kept / t,
            "sum": kept,
            "total": kept / counts.sum(),
        }
        if b == c:
            wrong["counts"] = kept / counts
        if t == c and b == t:
            crossed = (x * keep).sum(dim=1)
            wrong["aligned"] = crossed / counts[:, None]
            wrong |= {"crossed": crossed / counts, "crossed-sum": (x * keep).mean(dim=1)}
        key = next((key for key, value in wrong.items() if same(result, value)), None)
        if key is None:
            return "other" if result.shape == (b, c) else "shape"
        return "aligned" if key.startswith("crossed") else key
    return None


def scores(answer: Any) -> str | None:
    """The einsum equation (B, H, Tq, D), (B, H, Tk, D) -> (B, H, Tq, Tk)."""
    if not isinstance(answer, str) or answer.partition("->")[0].count(",") != 1:
        return "kind"
    if "->" not in answer:
        return "arrow"
    generator = torch.Generator().manual_seed(0)
    q = torch.randn(2, 3, 4, 5, generator=generator)
    k = torch.randn(2, 3, 6, 5, generator=generator)
    left, right = answer.replace(" ", "").split("->")[0].split(",")  # einsum skips spaces
    if min(len(left), len(right)) >= 2 and left[-2] == right[-2]:
        return "same-position"
    try:
        result = torch.einsum(answer, q, k)
    except Exception:
        return "fails"
    right = q @ k.mT
    if same(result, right):
        return None
    if result.ndim > 4:
        return "unsummed"
    if result.ndim < 4:
        return "summed"
    return "swapped" if same(result, right.mT) else "other"


def merge(answer: Any) -> str | None:
    """A function (B, H, T, D) -> (B, T, C): the heads of each position side by side again."""
    if not callable(answer):
        return "kind"
    generator = torch.Generator().manual_seed(0)
    for b, h, t, d in ((2, 3, 4, 5), (3, 2, 2, 2), (1, 4, 3, 1)):
        x = torch.randn(b, t, h * d, generator=generator)
        heads = x.view(b, t, h, d).transpose(1, 2)
        for given in (heads.contiguous(), heads):
            try:
                answer(given.clone())
            except Exception as error:
                return "view" if "view size" in str(error) else "fails"
            result, mistake = attempt(answer, given)
            if mistake:
                return mistake
            if same(result, x):
                continue
            if result.shape != x.shape:
                return "shape"
            wrong = {
                "scrambled": heads.reshape(b, t, h * d),
                "channels": heads.permute(0, 2, 3, 1).reshape(b, t, h * d),
            }
            return next((key for key, value in wrong.items() if same(result, value)), "other")
    return None
