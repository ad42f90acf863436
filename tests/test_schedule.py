"""Warm-up and cosine, against the formula and PyTorch's own schedules."""

import math

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR

from torchbook.schedule import warmup_cosine


def rates(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.3)
    schedule, found = make(optimizer), []
    for _ in range(steps):
        found.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return found


@pytest.mark.parametrize(("warmup", "steps", "floor"), [(1, 10, 0.0), (8, 50, 0.0), (8, 50, 0.1)])
@pytest.mark.filterwarnings("ignore:The epoch parameter")  # PyTorch's own, in SequentialLR
def test_it_is_pytorchs_linear_warm_up_then_pytorchs_cosine(warmup, steps, floor):
    def theirs(optimizer):
        rise = LinearLR(optimizer, start_factor=1 / warmup, total_iters=max(warmup - 1, 1))
        fall = CosineAnnealingLR(optimizer, T_max=steps - warmup, eta_min=0.3 * floor)
        return SequentialLR(optimizer, [rise, fall], milestones=[warmup])

    ours = rates(lambda o: LambdaLR(o, lambda t: warmup_cosine(t, warmup, steps, floor)), steps)
    assert ours == pytest.approx(rates(theirs, steps), rel=1e-12)


def test_it_is_the_formula():
    for step in range(10, 100):
        cosine = math.cos(math.pi * (step - 10) / 90)
        assert warmup_cosine(step, 10, 100) == pytest.approx((1 + cosine) / 2, abs=1e-15)


def test_the_peak_ends_the_warm_up_and_the_floor_ends_the_fall():
    assert [warmup_cosine(step, 4, 9, 0.25) for step in (0, 3, 4, 9, 20)] == [
        0.25,
        1,
        1,
        0.25,
        0.25,
    ]
