"""Right and wrong answers to the exercises of the page `checkpoints`."""

import math
from collections import OrderedDict

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan"), {}, [], True]


def in_place(state):
    for name in list(state):
        state[name.removeprefix("module.")] = state.pop(name)
    return state


def loop(state):
    new = OrderedDict()
    for name, tensor in state.items():
        if name.startswith("module."):
            name = name[7:]
        new[name] = tensor.clone()
    return new


def over(change):
    return lambda state: {change(name): tensor for name, tensor in state.items()}


CASES = {
    "checkpoints-times": {
        "right": [3, 3.0, 28834 / 9610, torch.tensor(3)],
        "kind": [*JUNK, "3", lambda: 3],
        "nothing": [1],
        "only-adam": [2, 2.0],
        "gradients": [4],
        "other": [0, 5, 9610, -3],
    },
    "checkpoints-needed": {
        "right": [
            "model step",
            "step, model",
            {"model", "step"},
            ["step", "model"],
            "model y step",
        ],
        "kind": [*JUNK, "weights", "model data", [1, 2], " ", lambda: "model step"],
        "no-model": ["step", "optimizer random"],
        "no-step": ["model", "model optimizer schedule random"],
        "optimizer": ["step model optimizer", "step model optimizer schedule random"],
        "schedule": ["step model schedule"],
        "random": ["step model random"],
    },
    "checkpoints-position": {
        "right": [
            lambda step, n, size: divmod(step, -(-n // size)),
            lambda step, n, size: [step // math.ceil(n / size), step % math.ceil(n / size)],
            lambda step, n, size: (
                torch.tensor(step // ((n + size - 1) // size)),
                step % ((n + size - 1) // size),
            ),
        ],
        "kind": [*JUNK, (1, 2)],
        "fails": [lambda: 3, lambda step, n, size: divmod(step, None)],
        "pair": [
            lambda *_: None,
            lambda step, n, size: step % 19,
            lambda step, n, size: (step, n, size),
            lambda step, n, size: ("0", "0"),
        ],
        "drops-last": [lambda step, n, size: divmod(step, n // size)],
        "one-too-many": [lambda step, n, size: divmod(step, n // size + 1)],
        "from-one": [
            lambda step, n, size: (step // -(-n // size) + 1, step % -(-n // size) + 1),
        ],
        "swapped": [lambda step, n, size: divmod(step, -(-n // size))[::-1]],
        "nineteen": [lambda step, n, size: divmod(step, 19)],
        "images": [lambda step, n, size: divmod(step * size, n)],
        "examples": [lambda step, n, size: divmod(step, n)],
        "other": [lambda step, n, size: (0, 0), lambda step, n, size: divmod(step, n / size)],
    },
    "checkpoints-renamed": {
        "right": [over(lambda name: name.removeprefix("module.")), loop],
        "kind": [*JUNK, {"a": 1}],
        "fails": [lambda: 3, lambda state: state["module"], int],
        "returns": [lambda *_: None, lambda state: [name[7:] for name in state]],
        "changed": [in_place],
        "everywhere": [over(lambda name: name.replace("module.", ""))],
        "letters": [over(lambda name: name.lstrip("module."))],
        "always": [over(lambda name: name[7:]), over(lambda name: name.split(".", 1)[1])],
        "lost": [
            lambda state: {k[7:]: t for k, t in state.items() if k.startswith("module.")},
        ],
        "dot": [over(lambda name: name.removeprefix("module"))],
        "same": [dict, lambda state: state],
        "other": [
            lambda state: {},
            over(lambda name: name.upper()),
            lambda state: {name.removeprefix("module."): 0 for name in state},
        ],
    },
}
