"""Checks for the page python: a default made once, lists of their own, a callable, a generator."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any


def default(answer: Any) -> str | None:
    """What `first` holds after add("a"), add("b"), when both write in one default list."""
    if not isinstance(answer, list) or not answer:
        return "kind"
    if not all(isinstance(letter, str) for letter in answer):
        return "kind"
    known = {("a", "b"): None, ("a",): "fresh", ("b",): "replaced", ("b", "a"): "order"}
    return known.get(tuple(answer), "other")


def _try(function: Callable, *arguments: Any) -> tuple[Any, bool]:
    """What a reader's code returns, and whether it raised an error instead."""
    try:
        return function(*arguments), False
    except Exception:
        return None, True


def _same(a: Any, b: Any) -> bool:
    """Equal in type and value, for lists, dictionaries and strings; never raises."""
    try:
        return type(a) is type(b) and bool(a == b)
    except Exception:
        return False


def _by_initial(words: list[str]) -> dict[str, list[str]]:
    """{first letter: words that begin with it}."""
    return {word[0]: [other for other in words if other[0] == word[0]] for word in words}


def initials(answer: Any) -> str | None:
    """A function [words] -> {first letter: [its words]}."""
    if not callable(answer):
        return "kind"
    _try(answer, ["z"])
    again, _ = _try(answer, ["y"])
    if isinstance(again, dict) and "z" in again:
        return "remembers"
    for words in (["sun", "map", "sea"], ["b", "ba", "a", "bb", "b"], ["x"], []):
        mine = list(words)
        result, failed = _try(answer, mine)
        if failed:
            return "fails"
        if mine != words:
            return "changed"
        if not isinstance(result, dict):
            return "returns"
        right = _by_initial(words)
        if _same(dict(result), right):
            continue
        if not result:
            return "empty"
        if any(not isinstance(value, list) for value in result.values()):
            return "one-word"
        if len(result) > 1 and len({id(value) for value in result.values()}) == 1:
            return "shared"
        if _same(dict(result), {key: [value[-1]] for key, value in right.items()}):
            return "last-only"
        if _same(dict(result), {key: [value[0]] for key, value in right.items()}):
            return "first-only"
        if _same(dict(result), {key: value[1:] for key, value in right.items()}):
            return "first-lost"
        if _same({key: sorted(set(value)) for key, value in result.items()}, _sorted(right)):
            return "order"
        return "other"
    return None


def _sorted(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same words, sorted and once each."""
    return {key: sorted(set(value)) for key, value in found.items()}


def line(answer: Any) -> str | None:
    """A class whose objects hold a and b and are called with x."""
    if not isinstance(answer, type):
        return "kind"
    first, failed = _try(answer, 1.0, 2.0)
    second, failed_too = _try(answer, -3.0, 0.5)
    if failed or failed_too:
        return "init"
    if not callable(first):
        return "call"
    value, failed = _try(first, 3.0)
    if failed:
        return "fails"
    if value is None:
        return "returns"
    if _same(value, -1.5):  # the second line answered for the first
        return "shared"
    if _same(value, 5.0):
        return "swapped"
    if not _same(value, 7.0) or not _same(_try(second, 4.0)[0], -1.0):
        return "other"
    if not (_same(getattr(first, "a", None), 1.0) and _same(getattr(first, "b", None), 2.0)):
        return "names"
    _try(setattr, first, "a", 10.0)
    _try(setattr, first, "b", 1.0)
    return None if _same(_try(first, 3.0)[0], 13.0) else "frozen"


def batches(answer: Any) -> str | None:
    """A generator function (list, size) -> consecutive lists of `size` items."""
    if not callable(answer):
        return "kind"
    for items, size in (([1, 2, 3, 4, 5], 2), ([3, 1, 4, 1, 5, 9], 3), ([7, 8], 5), ([], 2)):
        mine = list(items)
        result, failed = _try(answer, mine, size)
        if failed:
            return "fails"
        if isinstance(result, list):
            return "all-at-once"
        if not isinstance(result, Iterator):
            return "returns"
        found, failed = _try(lambda stream: list(islice(stream, 20)), result)
        if failed:
            return "fails"
        if len(found) == 20:
            return "endless"
        if mine != items:
            return "changed"
        right = [items[start : start + size] for start in range(0, len(items), size)]
        if _same(found, right):
            continue
        known = {
            "single": items,
            "overlap": [items[start : start + size] for start in range(len(items))],
            "last-lost": [batch for batch in right if len(batch) == size],
            "empty-last": [*right, []],
        }
        if len(found) > 1 and len({id(batch) for batch in found}) == 1:
            return "same-list"
        return next((key for key, value in known.items() if _same(found, value)), "other")
    return None
