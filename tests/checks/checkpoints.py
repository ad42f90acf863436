"""Right and wrong answers to the exercises of the page `checkpoints`."""

import re
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
            "step, model.",
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
    "checkpoints-renamed": {
        "right": [over(lambda name: name.removeprefix("module.")), loop],
        "kind": [*JUNK, {"a": 1}],
        "fails": [lambda: 3, lambda state: state["module"], int],
        "returns": [lambda *_: None, lambda state: [name[7:] for name in state]],
        "changed": [in_place],
        "everywhere": [
            over(lambda name: name.replace("module.", "")),
            over(lambda name: "".join(name.split("module.")) if name[:7] == "module." else name),
        ],
        "inside": [
            over(lambda name: name.replace("module.", "", 1)),
            over(lambda name: name.split("module.", 1)[-1]),
            over(lambda name: name.split("module.")[-1]),
            over(lambda name: name.partition("module.")[2] or name),
            over(lambda name: name[7:] if "module." in name else name),
        ],
        "longer": [
            over(lambda name: name[7:] if name.startswith("module") else name),
            over(lambda name: re.sub("^module.", "", name)),
        ],
        "twice": [over(lambda name: re.sub(r"^(module\.)+", "", name))],
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
            over(lambda name: name.split("module.")[-1] if name[:7] == "module." else name),
            lambda state: {name.removeprefix("module."): 0 for name in state},
        ],
    },
}
