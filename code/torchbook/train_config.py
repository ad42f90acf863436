"""How a run trains, checked before it begins.  Chapter: training."""

import math
from dataclasses import dataclass

from torch.optim import Optimizer

FREE = "accumulate", "compile", "keep", "save_every"  # may change when a run goes on


@dataclass(frozen=True)
class TrainConfig:
    """What `train` is told.  The peak learning rate is the optimizer's own; the seed, `train`'s.

    steps, warmup, evaluate_every, save_every count steps; warmup and the fall after it are those of
    `warmup_cosine`.  batch_size: examples a step, those of all processes together, which each makes
    in `accumulate` parts, one after another.  clip: the longest gradient, None for any.  patience:
    evaluations in a row without a new best before it stops, None for never.  keep: how many
    checkpoints.  ValueError for what cannot be.  Chapter: training.

    >>> TrainConfig(steps=1000, batch_size=0)
    Traceback (most recent call last):
    ValueError: batch_size=0: give a whole number of at least 1
    """

    steps: int
    batch_size: int
    warmup: int = 0
    accumulate: int = 1
    clip: float | None = 1.0
    evaluate_every: int = 100
    patience: int | None = None
    save_every: int = 100
    keep: int = 2
    bf16: bool = False
    compile: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"steps": 1, "batch_size": 1, "accumulate": 1, "evaluate_every": 1}
        for name, smallest in {**least, "save_every": 1, "keep": 1, "warmup": 0, "seed": 0}.items():
            value = getattr(self, name)
            if type(value) is not int or value < smallest:
                raise ValueError(f"{name}={value}: give a whole number of at least {smallest}")
        if self.patience is not None and (type(self.patience) is not int or self.patience < 1):
            raise ValueError(
                f"patience={self.patience}: give a whole number above 0, or None to never stop"
            )
        if self.warmup >= self.steps:
            raise ValueError(
                f"warmup={self.warmup} of steps={self.steps}: give a warm-up that ends before"
            )
        if self.clip is not None and not 0 < self.clip < math.inf:
            raise ValueError(f"clip={self.clip}: give a length above 0, or None for any")


def require_learning_rates(optimizer: Optimizer) -> None:
    """ValueError for an optimizer that would not move, or the wrong way.

    >>> import torch
    >>> require_learning_rates(torch.optim.SGD([torch.zeros(1)], lr=0.0))
    Traceback (most recent call last):
    ValueError: lr=0.0: give the optimizer a learning rate above 0, such as 1e-3
    """
    for group in optimizer.param_groups:
        if not 0 < group["lr"] < math.inf:
            raise ValueError(
                f"lr={group['lr']}: give the optimizer a learning rate above 0, such as 1e-3"
            )
