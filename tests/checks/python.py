"""Answers to the exercises of the page python, right ones and wrong ones, by what is wrong."""

from collections import defaultdict

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan")]


def _initials(words):
    found = {}
    for word in words:
        found.setdefault(word[0], []).append(word)
    return found


def _initials_defaultdict(words):
    found = defaultdict(list)
    for word in words:
        found[word[0]].append(word)
    return found


def _initials_shared(words):
    found = dict.fromkeys([word[0] for word in words], [])  # noqa: RUF024  # on purpose
    for word in words:
        found[word[0]].append(word)
    return found


def _initials_without_first(words):
    found = {}
    for word in words:
        if word[0] in found:
            found[word[0]].append(word)
        else:
            found[word[0]] = []
    return found


def _initials_remembering(words, found={}):  # noqa: B006  # on purpose
    for word in words:
        found.setdefault(word[0], []).append(word)
    return found


def _initials_not_stored(words):
    found = {}
    for word in words:
        found.get(word[0], []).append(word)
    return found


def _initials_sorting(words):
    words.sort()
    return _initials(words)


class _Line:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __call__(self, x):
        return self.a + self.b * x


class _NoInit:
    def __call__(self, x):
        return x


class _NoCall:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def forward(self, x):
        return self.a + self.b * x


class _NoSelf(_NoCall):
    def __call__(self, x):
        return a + b * x  # noqa: F821  # on purpose


class _NoReturn(_Line):
    def __call__(self, x):
        print(self.a + self.b * x)


class _Shared:
    def __init__(self, a, b):
        _Shared.a, _Shared.b = a, b

    def __call__(self, x):
        return self.a + self.b * x


class _Swapped(_Line):
    def __call__(self, x):
        return self.b + self.a * x


class _OtherNames:
    def __init__(self, a, b):
        self.start, self.slope = a, b

    def __call__(self, x):
        return self.start + self.slope * x


class _Frozen(_Line):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.answer = lambda x: a + b * x

    def __call__(self, x):
        return self.answer(x)


class _Module(torch.nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.a, self.b = a, b

    def forward(self, x):
        return self.a + self.b * x


def _batches(items, size):
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _batches_kept(items, size):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _batches_without_last(items, size):
    for start in range(0, len(items) - size + 1, size):
        yield items[start : start + size]


def _batches_with_empty(items, size):
    start = 0
    while start <= len(items):
        yield items[start : start + size]
        start += size


def _batches_cleared(items, size):
    batch = []
    for start in range(0, len(items), size):
        batch.clear()
        batch.extend(items[start : start + size])
        yield batch


def _batches_endless(items, size):
    while True:
        yield items[:size]


def _batches_popping(items, size):
    while items:
        yield items[:size]
        del items[:size]


CASES = {
    "python-default": {
        "right": [["a", "b"]],
        "kind": [*JUNK, "ab", ("a", "b"), [], [1, 2], lambda: ["a", "b"], ["a", None], 2],
        "fresh": [["a"]],
        "replaced": [["b"]],
        "order": [["b", "a"]],
        "other": [["a", "a"], ["a", "b", "b"]],
    },
    "python-initials": {
        "right": [
            _initials,
            _initials_defaultdict,
            lambda words: {w[0]: [o for o in words if o[0] == w[0]] for w in words},
        ],
        "kind": [*JUNK, {"s": ["sun", "sea"], "m": ["map"]}],
        "fails": [lambda: {}, lambda words: {words[0][0]: words[9]}],
        "changed": [_initials_sorting],
        "returns": [lambda words: None, lambda words: list(words), lambda words: print(words)],
        "one-word": [lambda words: {word[0]: word for word in words}],
        "shared": [_initials_shared],
        "last-only": [lambda words: {word[0]: [word] for word in words}],
        "first-only": [lambda words: {word[0]: [word] for word in reversed(words)}],
        "first-lost": [_initials_without_first],
        "order": [lambda words: _initials(sorted(words)), lambda words: _initials(words[::-1])],
        "remembers": [_initials_remembering],
        "empty": [lambda words: {}, _initials_not_stored],
        "other": [lambda words: {word: [word] for word in words}],
    },
    "python-line": {
        "right": [_Line, _Module],
        "kind": [*JUNK, _Line(1, 2), lambda a, b: lambda x: a + b * x],
        "init": [_NoInit, int],
        "call": [_NoCall],
        "fails": [_NoSelf],
        "returns": [_NoReturn],
        "shared": [_Shared],
        "swapped": [_Swapped],
        "names": [_OtherNames],
        "frozen": [_Frozen],
        "other": [type("Flat", (_Line,), {"__call__": lambda self, x: self.a})],
    },
    "python-batches": {
        "right": [
            _batches,
            _batches_kept,
            lambda items, size: (items[i : i + size] for i in range(0, len(items), size)),
        ],
        "kind": [*JUNK, _batches([1, 2], 1)],
        "fails": [lambda items: iter(items), lambda items, size: (items[9] for _ in range(2)), int],
        "all-at-once": [lambda items, size: list(_batches(items, size))],
        "returns": [lambda items, size: None, lambda items, size: tuple(items)],
        "endless": [_batches_endless],
        "changed": [_batches_popping],
        "single": [lambda items, size: iter(items)],
        "overlap": [lambda items, size: (items[i : i + size] for i in range(len(items)))],
        "last-lost": [_batches_without_last],
        "empty-last": [_batches_with_empty],
        "same-list": [_batches_cleared],
        "other": [lambda items, size: iter([items]), lambda items, size: iter([])],
    },
}
