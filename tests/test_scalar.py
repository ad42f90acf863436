"""Scalars differentiate as PyTorch does, whatever the expression and however deep."""

import math
import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from torchbook.scalar import Scalar

# Each step makes a number of one or two earlier ones; what could leave the domain is guarded.
STEPS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (b * b + 1),
    "neg": lambda a, b: -a,
    "square": lambda a, b: a**2,
    "cube": lambda a, b: a**3,
    "power 0": lambda a, b: a**0,
    "root": lambda a, b: (a * a + 0.5) ** 0.5,
    "inverse": lambda a, b: (a * a + 1) ** -1,
    "exp": lambda a, b: a.tanh().exp(),
    "log": lambda a, b: (a * a + 0.1).log(),
    "tanh": lambda a, b: a.tanh(),
    "relu": lambda a, b: a.relu(),
    "number + ": lambda a, b: 3 + a,
    "number - ": lambda a, b: 3 - a,
    "number * ": lambda a, b: 0.5 * a,
    "number / ": lambda a, b: 2 / (a * a + 1),
    " - number": lambda a, b: a - 2,
    " / number": lambda a, b: a / 4,
}
LEAVES = st.lists(st.floats(-3, 3), min_size=1, max_size=4)
PROGRAM = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 50), st.integers(0, 50)), max_size=15
)


def results(leaves, program, tame):
    """All numbers of the program; any of them may be used many times, or not at all."""
    numbers = list(leaves)
    for step, i, j in program:
        made = STEPS[step](numbers[i % len(numbers)], numbers[j % len(numbers)])
        numbers.append(made.tanh() if tame(made) else made)
    return numbers


@settings(max_examples=150, derandomize=True, deadline=None)
@given(LEAVES, PROGRAM)
def test_equal_to_torch_on_random_expressions(values, program):
    ours = results(map(Scalar, values), program, lambda x: abs(x.value) > 10)
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    theirs = results(leaves, program, lambda x: abs(x.item()) > 10)
    ours[-1].backward()
    for x in theirs:
        x.retain_grad()
    theirs[-1].backward()
    for x, y in zip(ours, theirs, strict=True):
        assert_close(x.value, y.item(), rtol=1e-10, atol=1e-10)
        grad = y.grad.item() if y.grad is not None else 0.0
        assert_close(x.grad, grad, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("step", sorted(STEPS))
@pytest.mark.parametrize("value", [-1.5, 0.0, 2.0])
def test_every_operation_is_differentiated_as_in_torch(step, value):
    a, b = Scalar(value), Scalar(0.7)
    STEPS[step](a, b).backward()
    ta, tb = (torch.tensor(x.value, dtype=torch.float64, requires_grad=True) for x in (a, b))
    STEPS[step](ta, tb).backward()
    assert_close(a.grad, ta.grad.item(), rtol=1e-12, atol=1e-12)
    assert_close(b.grad, tb.grad.item() if tb.grad is not None else 0.0, rtol=1e-12, atol=1e-12)


def test_a_number_used_many_times_gets_the_sum():
    x = Scalar(1.5)
    y = x
    for _ in range(40):  # 2 ** 40 paths from y to x, 40 numbers
        y = y + y
    y.backward()
    assert x.grad == 2.0**40


def test_a_number_waits_for_all_that_use_it():
    x = Scalar(2.0)
    early = x * 3
    (early + early * early).backward()  # early is used near and far
    assert x.grad == 3 * (1 + 2 * 6)


def test_gradients_accumulate_as_in_torch():
    x, t = Scalar(3.0), torch.tensor(3.0, requires_grad=True)
    y, u = x * x * x, t * t * t
    for _ in range(2):
        y.backward()  # the same graph twice: what is between must not be counted twice
        u.backward(retain_graph=True)
    (x * 5).backward()
    (t * 5).backward()
    assert x.grad == t.grad == 59.0


def test_a_chain_of_100_000_numbers_is_no_deeper_than_a_list():
    x = y = Scalar(1.0)
    for _ in range(100_000):
        y = y + 1e-5
    y.backward()
    assert x.grad == 1.0
    assert y.value == pytest.approx(2.0)
    del y  # and Python forgets it without a stack overflow
    assert x.value == 1.0


def test_gradients_match_finite_differences_of_a_small_network():
    rng = random.Random(0)
    weights = [Scalar(rng.uniform(-1, 1)) for _ in range(9)]

    def loss(w):
        hidden = [(w[3 * i] * 0.3 + w[3 * i + 1] * -0.8 + w[3 * i + 2]).tanh() for i in range(2)]
        logit = hidden[0] * w[6] + hidden[1] * w[7] + w[8]
        return (1 + (-logit).exp()).log()

    loss(weights).backward()
    for i, weight in enumerate(weights):
        up, down = (
            loss([Scalar(w.value + step * (i == j)) for j, w in enumerate(weights)]).value
            for step in (1e-6, -1e-6)
        )
        assert weight.grad == pytest.approx((up - down) / 2e-6, abs=1e-8)


def test_relu_is_flat_at_zero():
    x = Scalar(0.0)
    x.relu().backward()
    assert x.grad == 0.0


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        (lambda: Scalar(0.0).log(), ValueError, "0.0 has no logarithm: make it positive"),
        (lambda: Scalar(-2.0).log(), ValueError, "-2.0 has no logarithm"),
        (lambda: Scalar(-2.0) ** 0.5, ValueError, r"-2.0 \*\* 0.5 is not a real number"),
        (lambda: Scalar(2.0) ** Scalar(3.0), TypeError, r"write a \*\* b as \(b \* a.log"),
        (lambda: Scalar(1.0) / 0, ZeroDivisionError, "division by zero"),
        (lambda: Scalar(1000.0).exp(), OverflowError, "range"),
        (lambda: Scalar("x"), ValueError, "could not convert"),
    ],
)
def test_what_has_no_value_is_refused(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()


def test_the_logarithm_of_infinity_is_infinity():
    assert Scalar(math.inf).log().value == math.inf
