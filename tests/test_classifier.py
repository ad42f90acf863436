"""The classifiers' losses are PyTorch's, at any logit, and their gradient is the one by hand."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch.testing import assert_close

from torchbook.classifier import (
    LogisticRegression,
    SoftmaxRegression,
    binary_cross_entropy,
    cross_entropy,
    gradient,
    log_sigmoid,
    log_sum_exp,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
few = settings(max_examples=40, derandomize=True, deadline=None)
logit = st.floats(-1000, 1000)
EXTREMES = torch.tensor([-1e4, -100.0, -30.0, -1e-8, 0.0, 1e-8, 30.0, 100.0, 1e4])


def with_gradient(loss, logits, targets):
    logits = logits.clone().requires_grad_()
    value = loss(logits, targets)
    return value, torch.autograd.grad(value, logits)[0]


@few
@given(st.lists(st.tuples(logit, st.floats(0, 1)), min_size=1, max_size=9))
def test_binary_cross_entropy_is_pytorchs_with_its_gradient(pairs):
    z, y = torch.tensor(pairs, dtype=torch.float64).T
    ours = with_gradient(binary_cross_entropy, z, y)
    assert_close(ours, with_gradient(F.binary_cross_entropy_with_logits, z, y), **EXACT)


@few
@given(st.integers(1, 5), st.integers(1, 6), st.floats(0.1, 300), st.integers(0, 99))
def test_cross_entropy_is_pytorchs_with_its_gradient(N, V, scale, seed):
    rng = torch.Generator(torch.get_default_device()).manual_seed(seed)
    z = torch.randn(N, V, dtype=torch.float64, generator=rng) * scale
    y = torch.randint(V, (N,), generator=rng)
    assert_close(with_gradient(cross_entropy, z, y), with_gradient(F.cross_entropy, z, y), **EXACT)


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", EXTREMES.tolist())
def test_no_logit_is_too_large_in_float32(z, y):
    z, y = torch.tensor([z]), torch.tensor([y])
    ours = with_gradient(binary_cross_entropy, z, y)
    expected = with_gradient(F.binary_cross_entropy_with_logits, z, y.float())
    assert_close(ours, expected, rtol=1e-6, atol=1e-6)
    two = torch.stack((torch.zeros(1), z), dim=1)  # a sigmoid is a softmax of 0 and z
    expected = F.cross_entropy(two, y)
    assert_close(cross_entropy(two, y), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("z", [5.0, 30.0, 80.0])
def test_a_small_loss_is_not_rounded_to_zero(z):
    for logits, y in (torch.tensor([-z]), 0), (torch.tensor([z]), 1):
        loss = binary_cross_entropy(logits, torch.tensor([y])).item()
        assert loss == pytest.approx(math.log1p(math.exp(-z)), rel=1e-5)


def test_the_logarithm_of_the_sigmoid_and_of_the_sum_are_pytorchs():
    assert_close(log_sigmoid(EXTREMES), F.logsigmoid(EXTREMES), rtol=1e-6, atol=1e-40)
    x = EXTREMES.view(1, 3, 3)
    assert_close(log_sum_exp(x), x.logsumexp(-1))
    masked = torch.tensor([[0.0, -math.inf, 1.0]])
    assert_close(log_sum_exp(masked), masked.logsumexp(-1))


def test_gradients_match_finite_differences():
    z = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda z: cross_entropy(z, torch.tensor([0, 3, 1])), z)
    y = torch.rand(3, 4, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda z: binary_cross_entropy(z, y), z)


def test_the_gradient_by_hand_is_autograds_for_logistic_regression():
    model = LogisticRegression(3).double()
    x, y = torch.randn(7, 3).double(), torch.randint(2, (7,)).double()
    binary_cross_entropy(model(x), y).backward()
    weights, bias = gradient(x, model(x).sigmoid(), y)
    assert_close(weights, model.linear.weight.grad[0], **EXACT)
    assert_close(bias, model.linear.bias.grad[0], **EXACT)


def test_the_gradient_by_hand_is_autograds_for_softmax_regression():
    model = SoftmaxRegression(3, 4).double()
    x, y = torch.randn(7, 3).double(), torch.randint(4, (7,))
    cross_entropy(model(x), y).backward()
    weights, bias = gradient(x, model(x).softmax(-1), F.one_hot(y, 4).double())
    assert_close(weights, model.linear.weight.grad.T, **EXACT)
    assert_close(bias, model.linear.bias.grad, **EXACT)


def test_logistic_regression_is_softmax_regression_with_two_classes():
    one, two = LogisticRegression(3), SoftmaxRegression(3, 2)
    with torch.no_grad():
        for a, b in zip(one.parameters(), two.parameters(), strict=True):
            b.copy_(torch.cat((torch.zeros_like(a), a)))
    x, y = torch.randn(5, 3), torch.randint(2, (5,))
    assert_close(binary_cross_entropy(one(x), y), cross_entropy(two(x), y))


def test_descent_by_the_gradient_by_hand_separates_what_can_be_separated():
    x = torch.randn(60, 2)
    y = (x @ torch.tensor([2.0, -1.0]) + 0.3 > 0).float()
    w, b = torch.zeros(2), torch.zeros(())
    for _ in range(500):
        dw, db = gradient(x, (x @ w + b).sigmoid(), y)
        w, b = w - dw, b - db
    assert binary_cross_entropy(x @ w + b, y) < 0.15 < math.log(2)
    assert (((x @ w + b) > 0) == y.bool()).float().mean() > 0.95


def test_whole_and_boolean_answers_are_probabilities():
    z, y = torch.randn(4), torch.tensor([0, 1, 1, 0])
    expected = F.binary_cross_entropy_with_logits(z, y.float())
    assert_close(binary_cross_entropy(z, y), expected)
    assert_close(binary_cross_entropy(z, y.bool()), expected)


def test_everything_runs_on_another_device():
    with refuse_cpu() as device:
        x = torch.randn(5, 3, device=device)
        yes, y = torch.ones(5, device=device), torch.zeros(5, dtype=torch.int64, device=device)
        binary_cross_entropy(LogisticRegression(3).to(device)(x), yes).backward()
        cross_entropy(SoftmaxRegression(3, 4).to(device)(x), y).backward()
        assert gradient(x, yes, yes)[0].device.type == "meta"


ZEROS = torch.zeros


@pytest.mark.parametrize(
    ("loss", "logits", "targets", "message"),
    [
        (binary_cross_entropy, ZEROS(3, 1), ZEROS(3), r"logits \(3, 1\) and targets \(3,\): the"),
        (binary_cross_entropy, ZEROS(0), ZEROS(0), "at least one example"),
        (
            cross_entropy,
            ZEROS(3, 4),
            ZEROS(3, 1).long(),
            r"\(3, 4\) and targets \(3, 1\): they",
        ),
        (cross_entropy, ZEROS(2, 3, 4), ZEROS(2).long(), r"must be \(N, V\) and \(N\)"),
        (cross_entropy, ZEROS(2, 3, 4), ZEROS(2, 3).long(), r"must be \(N, V\) and \(N\)"),
        (cross_entropy, ZEROS(0, 4), ZEROS(0).long(), "at least one example"),
        (cross_entropy, ZEROS(3, 4), ZEROS(3), "targets are torch.float32: number the classes"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(loss, logits, targets, message):
    with pytest.raises(ValueError, match=message):
        loss(logits, targets)


@pytest.mark.parametrize("p", [ZEROS(5, 1), ZEROS(4)])
def test_a_gradient_of_mixed_shapes_is_refused(p):
    with pytest.raises(ValueError, match=r"x, p and y are \(5, 3\), .*: they must be"):
        gradient(ZEROS(5, 3), p, ZEROS(4) if p.dim() == 1 else ZEROS(5))
