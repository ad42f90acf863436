"""Logistic and softmax regression, their losses without overflow, and their gradient by hand.

Dimensions: N examples, V classes, d_in features.  A loss is in nats per example.
Chapter: classifiers.
"""

import torch
from torch import Tensor, nn


class LogisticRegression(nn.Module):
    """One logit for each example, for yes or no: x (N, d_in) -> (N).

    Its sigmoid is the probability of yes; a positive logit says yes.
    Source: Cox (1958).  Chapter: classifiers.

    >>> LogisticRegression(d_in=3)(torch.randn(5, 3)).shape
    torch.Size([5])
    """

    def __init__(self, d_in: int) -> None:
        super().__init__()
        self.linear = nn.Linear(d_in, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).squeeze(-1)


class SoftmaxRegression(nn.Module):
    """A logit for each class: x (N, d_in) -> (N, V).  The largest one is the answer.

    Source: Bridle (1990).  Chapter: classifiers.

    >>> SoftmaxRegression(d_in=3, n_class=4)(torch.randn(5, 3)).shape
    torch.Size([5, 4])
    """

    def __init__(self, d_in: int, n_class: int) -> None:
        super().__init__()
        self.linear = nn.Linear(d_in, n_class)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


def log_sigmoid(logits: Tensor) -> Tensor:
    """log(1 / (1 + e^-z)) for any z, without overflow: a tensor of the same shape.

    It is minus log(e^0 + e^-z), which `logaddexp` computes from the larger of the two exponents.
    Chapter: classifiers.

    >>> log_sigmoid(torch.tensor([-1000.0, 0.0, 1000.0])).tolist()
    [-1000.0, -0.6931471824645996, -0.0]
    """
    return -torch.logaddexp(torch.zeros_like(logits), -logits)


def binary_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """How surprising the answers are: the mean of -y log p - (1 - y) log(1 - p), p = sigmoid(z).

    logits (N), targets (N), each 0 or 1 or a probability -> ().  Since 1 - p is the sigmoid of -z,
    no difference of nearly equal numbers is taken.  ValueError if the shapes differ, as those of
    (N, 1) and (N) do, which would make N * N losses; or if there is no example.
    The same as `F.binary_cross_entropy_with_logits`.  Chapter: classifiers.

    >>> binary_cross_entropy(torch.zeros(2), torch.tensor([0.0, 1.0]))  # log 2
    tensor(0.6931)
    """
    if logits.shape != targets.shape or not logits.numel():
        raise ValueError(
            f"logits {tuple(logits.shape)} and targets {tuple(targets.shape)}: the shapes must be "
            "the same, with at least one example"
        )
    y = targets.to(logits.dtype)
    return -(y * log_sigmoid(logits) + (1 - y) * log_sigmoid(-logits)).mean()


def log_sum_exp(x: Tensor) -> Tensor:
    """log(e^x1 + e^x2 + ...) over the last axis, without overflow: (..., V) -> (...).

    The largest number is taken out first, so that every power is at most 1.  A row that is all
    -inf yields nan.  The same as `x.logsumexp(-1)`.  Chapter: classifiers.

    >>> log_sum_exp(torch.tensor([100.0, 100.0]))  # 100 + log 2; e^100 would be inf
    tensor(100.6931)
    """
    largest = x.amax(dim=-1, keepdim=True)  # (..., 1)
    return largest.squeeze(-1) + (x - largest).exp().sum(dim=-1).log()


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """How surprising the right classes are: the mean of -log softmax(logits)[target].

    logits (N, V), targets (N) int64, from 0 to V - 1 -> ().  ValueError for other shapes or dtypes,
    or without examples.  The same as `F.cross_entropy`, which the models use, and which also
    ignores targets of -100.  Chapter: classifiers.

    >>> cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))  # log 4
    tensor(1.3863)
    """
    if logits.dim() != 2 or targets.shape != logits.shape[:1] or not targets.numel():
        raise ValueError(
            f"logits {tuple(logits.shape)} and targets {tuple(targets.shape)}: they must be (N, V) "
            "and (N), with at least one example"
        )
    if targets.dtype != torch.int64:
        raise ValueError(f"the targets are {targets.dtype}: number the classes with int64")
    right = logits.gather(1, targets[:, None]).squeeze(1)  # (N)
    return (log_sum_exp(logits) - right).mean()


def gradient(x: Tensor, p: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of either loss, by hand: X^T (p - y) / N for the weights, the mean for the bias.

    x (N, d_in), probabilities p (N) and answers y (N) -> (d_in), (); or, for V classes, p (N, V)
    and one-hot y (N, V) -> (d_in, V), (V).  `nn.Linear` keeps its weights, and their gradient,
    transposed.  ValueError if p and y are not of the same shape.  Chapter: classifiers.

    >>> weights, bias = gradient(torch.ones(4, 3), torch.full((4,), 0.5), torch.zeros(4))
    >>> weights.tolist(), bias.item()
    ([0.5, 0.5, 0.5], 0.5)
    """
    if p.shape != y.shape or len(x) != len(p):
        shapes = ", ".join(str(tuple(t.shape)) for t in (x, p, y))
        raise ValueError(f"x, p and y are {shapes}: they must be (N, d_in) and twice (N) or (N, V)")
    error = p - y  # how much each probability is too high
    return x.T @ error / len(x), error.mean(dim=0)
