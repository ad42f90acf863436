"""Settings that cannot be are refused, with the value and the cure."""

import math

import pytest
import torch

from torchbook.train_config import TrainConfig, require_learning_rates


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, "steps=0: give a whole number of at least 1"),
        ({"batch_size": -4}, "batch_size=-4: give a whole number of at least 1"),
        ({"batch_size": 2.5}, "batch_size=2.5: give a whole number of at least 1"),
        ({"accumulate": 0}, "accumulate=0: give a whole number of at least 1"),
        ({"evaluate_every": 0}, "evaluate_every=0: give a whole number of at least 1"),
        ({"save_every": 0}, "save_every=0: give a whole number of at least 1"),
        ({"keep": 0}, "keep=0: give a whole number of at least 1"),
        ({"keep": True}, "keep=True: give a whole number of at least 1"),
        ({"seed": -1}, "seed=-1: give a whole number of at least 0"),
        ({"warmup": -1}, "warmup=-1: give a whole number of at least 0"),
        ({"warmup": 9}, "warmup=9 of steps=9: give a warm-up that ends before"),
        ({"patience": 0}, "patience=0: give a whole number above 0, or None to never stop"),
        ({"clip": 0.0}, r"clip=0\.0: give a length above 0, or None for any"),
        ({"clip": math.nan}, "clip=nan: give a length above 0, or None for any"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_its_cure(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        TrainConfig(**{"steps": 9, "batch_size": 4, **wrong})


def test_the_smallest_settings_can_be():
    TrainConfig(1, 1, accumulate=1, clip=1e-9, evaluate_every=1, patience=1, save_every=1, keep=1)


@pytest.mark.parametrize("lr", [0.0, -0.1, math.inf, math.nan])
def test_a_learning_rate_that_teaches_nothing_is_refused(lr):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    optimizer.add_param_group({"params": [torch.zeros(1)]})
    optimizer.param_groups[1]["lr"] = lr  # PyTorch itself refuses some when it is made
    with pytest.raises(ValueError, match=f"lr={lr}: give the optimizer a learning rate above 0"):
        require_learning_rates(optimizer)
