"""Measuring changes nothing."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchbook.device import device
from torchbook.evaluate import evaluate
from torchbook.random_state import random_state


def summed(model, batch):
    x, y = batch
    loss = F.cross_entropy(model(x.to(device)), y.to(device), reduction="sum")
    return loss, (y != -100).sum()


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3)).to(
        device
    )


@pytest.fixture
def batches():
    x, y = torch.randn(10, 4), torch.randint(3, (10,))
    y[[0, 1, 2, 9]] = -100
    return list(zip(x.split(4), y.split(4), strict=True))


def test_it_is_the_mean_over_the_real_targets_of_all_batches(model, batches):
    x, y = (torch.cat(part).to(device) for part in zip(*batches, strict=True))
    whole = F.cross_entropy(model.eval()(x), y)
    model.train()
    assert evaluate(model, summed, batches) == pytest.approx(whole.item(), rel=1e-5)


def test_modes_buffers_gradients_and_random_states_are_as_before(model, batches):
    model.train()
    model[1].eval()  # frozen, as in fine-tuning
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    random = random_state()
    evaluate(model, summed, batches)
    assert [module.training for module in model.modules()] == [True, True, False, True, True]
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
    assert random_state() == random


def test_a_loss_that_draws_draws_the_same_each_time(model, batches):
    def noisy(model, batch):
        x, y = batch
        return summed(model, (x + torch.randn(x.shape), y))

    first = evaluate(model, noisy, batches)
    torch.rand(3)
    random = random_state()
    assert evaluate(model, noisy, batches) == first
    assert random_state() == random


def test_no_graph_is_kept(model, batches):
    def ungraphed(model, batch):
        loss, count = summed(model, batch)
        assert loss.grad_fn is None
        return loss, count

    evaluate(model, ungraphed, batches)


@pytest.mark.parametrize("batches", [[], [(torch.zeros(2, 4), torch.tensor([-100, -100]))]])
def test_without_targets_there_is_no_mean(model, batches):
    with pytest.raises(ValueError, match="no target to evaluate on: give validation data"):
        evaluate(model, summed, batches)
