"""Answers to the exercises of the page modules, right ones and wrong ones, by what is wrong."""

from itertools import pairwise

import torch
from torch import nn

JUNK = [None, "", object(), torch.tensor([]), float("nan"), lambda: 940]


def chain(widths, bend=nn.ReLU, last=False):
    layers = []
    for i, o in pairwise(widths):
        layers += [nn.Linear(i, o), bend()]
    return layers if last else layers[:-1]


class Right(nn.Module):
    def __init__(self, widths):
        super().__init__()
        pairs = pairwise(widths)
        self.layers = nn.ModuleList(nn.Linear(i, o) for i, o in pairs)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer(x).relu()
        return self.layers[-1](x)


class Chained(nn.Sequential):
    def __init__(self, widths):
        super().__init__(*chain(widths))


class Named(nn.Module):
    def __init__(self, widths):
        super().__init__()
        for k, layer in enumerate(chain(widths)):
            setattr(self, f"layer{k}", layer)

    def forward(self, x):
        for layer in self.children():
            x = layer(x)
        return x


class PlainList(Right):
    def __init__(self, widths):
        super().__init__(widths)
        self.layers = None
        self.__dict__["layers"] = chain(widths)


class NoSuper(nn.Module):
    def __init__(self, widths):
        self.layers = nn.ModuleList(chain(widths))


class TwoOnly(Right):
    def __init__(self, widths):
        super().__init__([widths[0], widths[1], widths[-1]])


class NoBias(Right):
    def __init__(self, widths):
        super().__init__(widths)
        for layer in self.layers:
            layer.bias = None


class NoForward(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.layers = nn.Sequential(*chain(widths))


class NoReturn(NoForward):
    def forward(self, x):
        self.layers(x)


class Flat(NoForward):
    def forward(self, x):
        return self.layers(x).flatten()


class BentAtTheEnd(nn.Sequential):
    def __init__(self, widths):
        super().__init__(*chain(widths, last=True))


class BentTwice(Right):
    """Right for the list of four widths in the exercise, and for no other."""

    def forward(self, x):
        for k, layer in enumerate(self.layers):
            x = layer(x).relu() if k < 2 else layer(x)
        return x


class Straight(nn.Sequential):
    def __init__(self, widths):
        super().__init__(*chain(widths, bend=nn.Identity))


class WithTanh(nn.Sequential):
    def __init__(self, widths):
        super().__init__(*chain(widths, bend=nn.Tanh))


class Nowhere(NoForward):
    def forward(self, x):
        return self.layers(x).to_sparse()


CASES = {
    "modules-count": {
        "right": [940, 940.0, torch.tensor(940), 630 + 310],
        "kind": [*JUNK, "940", [630, 310], True],
        "biases": [900],
        "one-layer": [630, 310],
        "activation": [970],
        "bias-per-input": [950],
        "tensors": [4],
        "other": [0, 600, -1, 20 + 30],
    },
    "modules-tower": {
        "right": [Right, Chained, Named],
        "kind": [*JUNK, int, Right.forward],
        "instance": [Right([2, 3, 1]), nn.Linear(2, 1)],
        "fails": [NoSuper, nn.Linear, nn.Sequential],
        "registered": [PlainList, nn.Identity],
        "shapes": [TwoOnly, NoBias],
        "forward": [NoForward],
        "returns": [NoReturn, Flat],
        "last": [BentAtTheEnd, BentTwice],
        "linear": [Straight],
        "other": [WithTanh, Nowhere],
    },
    "modules-zeros": {
        "right": [{"second.bias"}, ["second.bias"], "second.bias", ("second.bias",)],
        "kind": [*JUNK, {"bias"}, 1, [1], {"second.bias": 1}],
        "none": [set(), []],
        "all": [{"first.weight", "first.bias", "second.weight", "second.bias"}],
        "first": [{"first.bias"}, {"first.weight", "second.bias"}],
        "second-weight": [{"second.weight"}, {"second.weight", "second.bias"}],
    },
    "modules-identity": {
        "right": [(3, -2), [3.0, -2.0], torch.tensor([3.0, -2.0]), (torch.tensor(3.0), -2)],
        "kind": [*JUNK, 3, (3,), (3, -2, 0), "ab", torch.zeros(2, 2), torch.tensor(3.0)],
        "change-alone": [(0, 0), torch.zeros(2)],
        "activation": [(3, 0)],
        "twice": [(6, -4)],
        "one": [(4, -1)],
        "other": [(-2, 3), (0, -2)],
    },
}
