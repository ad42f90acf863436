import warnings

import torch


def by_detach(x):
    return x + (x.round() - x).detach()


class RoundThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


class Ones(RoundThrough):
    @staticmethod
    def backward(ctx, grad_output):
        return torch.ones_like(grad_output)


class WithoutSetup(RoundThrough):
    @staticmethod
    def forward(x):
        return x.round()


class Half(RoundThrough):
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output / 2


class Broken(RoundThrough):
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, grad_output, grad_output


def overwrites(x):
    x.detach().round_()
    return x


def by_grad(f, x):
    x = torch.tensor(float(x), requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(slope, x)[0].item()


def by_func(f, x):
    return torch.func.grad(torch.func.grad(f))(torch.tensor(x))


def by_forward_mode(f, x):
    def slope(t):
        return torch.func.jvp(f, (t,), (torch.ones_like(t),))[1]

    x = torch.tensor(x)
    with warnings.catch_warnings(action="ignore"):  # PyTorch's own, at the first use
        return torch.func.jvp(slope, (x,), (torch.ones_like(x),))[1]


def by_nudging(f, x):
    x = torch.tensor(x, dtype=torch.float64)
    return ((f(x + 1e-4) - 2 * f(x) + f(x - 1e-4)) / 1e-8).item()


def first(f, x):
    x = torch.tensor(float(x), requires_grad=True)
    return torch.autograd.grad(f(x), x)[0]


def retained(f, x):
    x = torch.tensor(float(x), requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x, retain_graph=True)
    return torch.autograd.grad(slope, x)[0]


def without_leaf(f, x):
    x = torch.tensor(float(x))
    return torch.autograd.grad(f(x), x)[0]


def accumulated(f, x):
    x = torch.tensor(float(x), requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    slope.backward()
    return (x.grad + slope).item()


def returns_tuple(f, x):
    x = torch.tensor(float(x), requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(slope, x)


JUNK = [
    None,
    "",
    "24, 9",
    object(),
    torch.tensor([]),
    torch.empty((), device="meta"),
    torch.empty(2, device="meta"),
    torch.ones(2).to_sparse(),
    torch.tensor([1j, 2j]),
    float,
    10**400,
    {},
]

CASES = {
    "autograd-two-paths": {
        "right": [(24, 9), [24.0, 9.0], torch.tensor([24.0, 9.0]), (torch.tensor(24.0), 9)],
        "kind": [
            (24, float("nan")),
            *JUNK,
            24,
            (24,),
            (24, 9, 1),
            ("24", "9"),
            torch.ones(2, 2),
            lambda: (24, 9),
        ],
        "swapped": [(9, 24)],
        "one-route": [(12, 9), (12, 12)],
        "without-y": [(6, 9), (6, 1)],
        "wrong-y": [(24, 12), (24, 36)],
        "other": [(36, 36), (18, 9)],
    },
    "autograd-detach": {
        "right": [3, 3.0, torch.tensor(3.0), torch.tensor([3.0])],
        "kind": [float("nan"), *JUNK, True, (3,), lambda: 3],
        "both": [6, torch.tensor(6.0)],
        "neither": [0, 0.0],
        "value": [9],
        "other": [1, -3],
    },
    "autograd-curvature": {
        "right": [by_grad, by_func, by_forward_mode],
        "nudged": [by_nudging],
        "kind": [*JUNK, 12, by_grad(torch.sin, 1.0)],
        "not-recorded": [retained, without_leaf],
        "raises": [lambda: 0, lambda f: f, lambda f, x: f(x)],
        "not-a-number": [
            lambda f, x: float("nan"),
            lambda f, x: None,
            returns_tuple,
            lambda f, x: "12",
        ],
        "slope": [first],
        "sum": [accumulated],
        "other": [lambda f, x: 0.0, lambda f, x: x],
    },
    "autograd-round-through": {
        "right": [by_detach, RoundThrough.apply],
        "kind": [*JUNK, 3, RoundThrough, torch.ones(2)],
        "raises": [Broken.apply, lambda: 0, lambda x: x.nothing, lambda x: x.round_()],
        "not-rounded": [
            lambda x: x,
            lambda x: None,
            lambda x: x.round().sum(),
            lambda x: x.floor(),
        ],
        "cut": [
            lambda x: x.round().detach(),
            lambda x: torch.ones(5).requires_grad_() * x.data.round(),
        ],
        "flat": [
            torch.round,
            lambda x: x + x.round().detach() - x,
            lambda x: x - (x - x.round().detach()),
        ],
        "setup": [WithoutSetup.apply],
        "changed": [overwrites],
        "ignores-output": [Ones.apply],
        "other": [Half.apply, lambda x: x.round() + 2 * (x - x.detach())],
    },
}
