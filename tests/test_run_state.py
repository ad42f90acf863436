"""What is gathered between two steps is all that the next ones read."""

import copy
import itertools
import json

import pytest
import torch
from torch import nn

from torchbook.checkpoint import newest, read_checkpoint, write_checkpoint
from torchbook.run_state import RunState
from torchbook.same_run import settings
from torchbook.train_config import TrainConfig

OPTIMIZERS = {
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9, nesterov=True),
    "adamw": lambda weights: torch.optim.AdamW(weights, lr=0.1, amsgrad=True),
    "adagrad": lambda weights: torch.optim.Adagrad(weights, lr=0.1),
    "two groups": lambda weights: torch.optim.AdamW(
        [{"params": weights[:1], "lr": 0.01}, {"params": weights[1:], "weight_decay": 0.5}]
    ),
}


class Tied(nn.Module):
    """Two layers share a weight, another is in bf16; and there are buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.drop = nn.Embedding(7, 4), nn.Dropout(0.5)
        self.norm, self.head = nn.BatchNorm1d(4), nn.Linear(4, 7)
        self.low = nn.Linear(4, 4, dtype=torch.bfloat16)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        x = self.norm(self.drop(self.embed(ids)))
        return self.head(self.low(x.bfloat16()).float())


def begin(make, wrap=lambda model: model) -> RunState:
    torch.manual_seed(0)
    model = Tied()
    optimizer = make([*model.parameters()])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.9**step)
    config = TrainConfig(steps=10, batch_size=2)
    return RunState(wrap(model), optimizer, schedule, settings(model, optimizer, config, 9))


def go_on(state: RunState, steps: int) -> list[torch.Tensor]:
    for _ in range(steps):
        state.optimizer.zero_grad()
        state.model(torch.randint(7, (5,))).square().mean().backward()
        state.optimizer.step()
        state.schedule.step()
        state.step += 1
    return [tensor.clone() for tensor in state.model.state_dict().values()]


@pytest.mark.parametrize("saved_after", [0, 3])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_from_a_file_a_run_goes_on_to_the_same_bits(tmp_path, make, saved_after):
    state = begin(make)
    go_on(state, saved_after)
    state.judge(0.5)
    write_checkpoint(tmp_path, state.step, *state.state_dict(), keep=1)
    expected = go_on(state, 4)

    again = begin(make)
    go_on(again, 1)
    again.load_state_dict(*read_checkpoint(newest(tmp_path)), source="the file")
    assert (again.step, again.best, again.waited) == (saved_after, 0.5, 0)
    assert all(map(torch.equal, go_on(again, 4), expected))
    assert again.model.head.weight is again.model.embed.weight


def test_a_compiled_model_has_the_same_names_and_its_file_fits_the_plain_one():
    compiled = begin(OPTIMIZERS["adamw"], lambda model: torch.compile(model, backend="eager"))
    plain = begin(OPTIMIZERS["adamw"])
    tensors, rest = compiled.state_dict()
    assert tensors["model"].keys() == plain.state_dict()[0]["model"].keys()
    plain.load_state_dict(tensors, rest, source="the compiled one")


def test_what_is_no_tensor_is_plain_json():
    state = begin(OPTIMIZERS["two groups"])
    go_on(state, 2)
    _, rest = state.state_dict()
    assert json.loads(json.dumps(rest, allow_nan=False))["schedule"]["last_epoch"] == 2


def test_the_best_weights_are_those_of_the_lowest_loss_and_the_wait_counts_from_there():
    state, kept = begin(OPTIMIZERS["sgd"]), []
    for loss in (0.9, 0.4, 0.4, 0.7):
        kept.append(go_on(state, 1))
        state.judge(loss)
    assert (state.best, state.waited) == (0.4, 2)
    state.take_best()
    assert all(map(torch.equal, state.model.state_dict().values(), kept[1]))


def other(change: str) -> RunState:
    """The run of SGD with one thing changed."""
    state = begin(OPTIMIZERS["sgd"])
    if change == "layer":
        state.model.norm = nn.LayerNorm(4)
    if change == "shape":
        state.model.low = nn.Linear(4, 5, dtype=torch.bfloat16)
    if change == "type":
        state.model.low = nn.Linear(4, 4)
    if change == "settings":
        state.settings |= {"batch_size": 4, "examples": 8}
    if change == "lr":
        state = begin(lambda weights: torch.optim.SGD(weights, lr=0.2))
    if change == "optimizer":
        state = begin(lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9))
    if change == "order":
        state = begin(lambda weights: torch.optim.SGD(weights[::-1], lr=0.1))
    return state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("layer", "another model: left over: norm.num_batches_tracked, norm.running_mean"),
        ("shape", r"another model: low.weight is \(4, 4\) torch.bfloat16, not \(5, 4\)"),
        ("type", r"low.weight is \(4, 4\) torch.bfloat16, not \(4, 4\) torch.float32"),
        (
            "settings",
            "other settings: batch_size was 2, and is 4 now, examples was 9, and is 8 now: give "
            "the same, or another folder",
        ),
        ("lr", r"initial_lr of group 0 was 0\.1, and is 0\.2 now"),
        ("optimizer", r"momentum of group 0 was 0, and is 0\.9 now"),
        ("order", "params of group 0 was"),
    ],
)
def test_another_run_does_not_go_on_and_has_not_changed(change, message):
    saved = copy.deepcopy(begin(OPTIMIZERS["sgd"]).state_dict())
    state = other(change)
    before = copy.deepcopy(state.state_dict())
    with pytest.raises(ValueError, match=f"^the file is of .*{message}"):
        state.load_state_dict(*saved, source="the file")
    after = state.state_dict()
    tensors = itertools.chain.from_iterable(
        zip(before[0][p].values(), after[0][p].values(), strict=True) for p in after[0]
    )
    assert all(torch.equal(a, b) for a, b in tensors)
    assert before[1] == after[1]
