"""The loop is the one that a reader would write, and it stops with a reason."""

import copy
import itertools
import json
import math
import os
import signal
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import Dataset, TensorDataset

from torchbook.batches import Batches
from torchbook.checkpoint import checkpoints
from torchbook.device import device
from torchbook.log import read_log
from torchbook.schedule import warmup_cosine
from torchbook.train import train
from torchbook.train_config import TrainConfig

pytestmark = pytest.mark.usefixtures("on_the_cpu")


def summed(model, batch):
    """Token by token, as a language model: padding has the target -100."""
    x, y = (tensor.to(device) for tensor in batch)
    loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum")
    return loss, (y != -100).sum()


def begin(p_drop=0.0, dtype=torch.float64, seed=0):
    torch.manual_seed(seed)
    layers = nn.Linear(6, 16), nn.Tanh(), nn.Dropout(p_drop), nn.Linear(16, 4)
    return nn.Sequential(*layers).to(device, dtype)


def examples(n, dtype=torch.float64):
    """Sequences of 5 positions, of which 1 to 5 are real."""
    own = torch.Generator().manual_seed(n)
    with torch.device("cpu"):  # as data are that were read; `summed` takes them to the device
        x = torch.randn(n, 5, 6, generator=own).to(dtype)
        y = (x[..., :4]).argmax(dim=-1)
        real = torch.randint(1, 6, (n, 1), generator=own)
        return TensorDataset(x, y.masked_fill(torch.arange(5) >= real, -100))


DATA, VALIDATION = examples(40), examples(20)


def fit(model=None, folder=None, validation=None, data=DATA, lr=0.1, loss_of=summed, **settings):
    """-> the model and the log; by default ten steps of AdamW."""
    model = begin() if model is None else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    config = TrainConfig(**{"steps": 10, "batch_size": 8, **settings})
    return model, train(model, optimizer, loss_of, data, validation, config, folder)


def same(one, other):
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def assert_close(one, other):
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("clip", [None, 0.3])
def test_it_is_the_loop_of_the_page_on_training(clip):
    model, log = fit(warmup=3, clip=clip)
    by_hand = begin()
    optimizer = torch.optim.AdamW(by_hand.parameters(), lr=0.1)
    for step, i in enumerate(Batches(len(DATA), 8, seed=0, start=0, stop=10)):
        optimizer.param_groups[0]["lr"] = 0.1 * warmup_cosine(step, 3, 10)
        x, y = (tensor.to(device) for tensor in DATA[i])
        loss = F.cross_entropy(by_hand(x).flatten(0, 1), y.flatten())  # the mean over real targets
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(by_hand.parameters(), math.inf if clip is None else clip)
        optimizer.step()
        line = [step + 1, loss.item(), optimizer.param_groups[0]["lr"], norm.item()]
        assert [*log[step].values()] == pytest.approx(line, rel=1e-12)
    assert_close(model, by_hand)


@pytest.mark.parametrize("parts", [2, 3, 8])
def test_a_batch_in_parts_with_unequal_numbers_of_targets_is_the_whole_batch(parts):
    whole, log = fit()
    cut, log_of_parts = fit(accumulate=parts)
    assert_close(cut, whole)
    for a, b in zip(log, log_of_parts, strict=True):
        assert a == pytest.approx(b, rel=1e-12)


def test_the_parts_are_made_one_at_a_time():
    sizes = []

    def counted(model, batch):
        sizes.append(len(batch[0]))
        return summed(model, batch)

    fit(loss_of=counted, steps=2, accumulate=3)
    assert sizes == [3, 3, 2] * 2


def test_a_step_is_never_longer_than_the_clip():
    model, before = begin(), begin()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    config = TrainConfig(steps=1, batch_size=8, clip=0.01)
    (line,) = train(model, optimizer, summed, DATA, None, config)
    pairs = zip(model.parameters(), before.parameters(), strict=True)
    length = torch.cat([(a - b).flatten() for a, b in pairs]).norm().item()
    assert length == pytest.approx(0.01, rel=1e-4)
    assert line["gradient_norm"] > 0.01  # as it was


def scripted(losses):
    """Validation that gives these losses, whatever the model; and the weights at each."""
    left, seen = iter(losses), []

    def loss_of(model, batch):
        if model.training:
            return summed(model, batch)
        seen.append(copy.deepcopy(model))
        return torch.tensor(next(left)), 1

    return loss_of, seen


def test_it_stops_when_patience_runs_out_and_ends_with_the_best_weights():
    loss_of, seen = scripted([0.9, 0.5, 0.6, 0.4, 0.7, 0.4, 0.8, 0.1])
    settings = {"steps": 30, "evaluate_every": 2, "patience": 3}
    model, log = fit(loss_of=loss_of, validation=examples(8), **settings)
    found = {line["step"]: line.get("validation_loss") for line in log}
    assert [found[step] for step in (2, 4, 6, 8, 10, 12, 14)] == pytest.approx(
        [0.9, 0.5, 0.6, 0.4, 0.7, 0.4, 0.8]
    )
    assert [step for step, loss in found.items() if loss is None] == [1, 3, 5, 7, 9, 11, 13]
    assert same(model, seen[3])
    assert not same(model, seen[4])


def test_without_patience_it_trains_to_the_end_and_still_ends_with_the_best_weights():
    loss_of, seen = scripted([0.9, 0.5, 0.6, 0.7, 0.8])
    model, log = fit(loss_of=loss_of, validation=examples(8), evaluate_every=2)
    assert len(log) == 10
    assert same(model, seen[1])


def test_the_last_step_is_evaluated_too():
    _, log = fit(validation=VALIDATION, evaluate_every=4)
    assert [line["step"] for line in log if "validation_loss" in line] == [4, 8, 10]


def test_looking_at_the_validation_data_changes_nothing_of_the_training():
    _, alone = fit(begin(p_drop=0.5))
    _, watched = fit(begin(p_drop=0.5), validation=VALIDATION, evaluate_every=1)
    assert [{**line, "validation_loss": 0} for line in alone] == [
        {**line, "validation_loss": 0} for line in watched
    ]


def test_the_validation_loss_is_that_of_the_model_at_that_step():
    model, log = fit(validation=VALIDATION, evaluate_every=10, accumulate=3)
    x, y = (tensor.to(device) for tensor in VALIDATION.tensors)
    loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
    assert log[-1]["validation_loss"] == pytest.approx(loss.item(), rel=1e-12)


def test_the_seed_decides_and_what_was_drawn_before_does_not():
    def log(seed, before):
        model = begin(p_drop=0.5)
        torch.rand(before)
        return fit(model, seed=seed)[1]

    assert log(seed=1, before=0) == log(seed=1, before=3) != log(seed=2, before=0)


def test_the_log_is_json_lines_that_can_be_plotted(tmp_path):
    _, log = fit(folder=tmp_path, validation=VALIDATION, evaluate_every=5)
    text = (tmp_path / "log.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == log == read_log(tmp_path)
    assert [line["step"] for line in log] == [*range(1, 11)]
    assert [*log[0]] == ["step", "loss", "lr", "gradient_norm"]
    assert [*log[4]] == [*log[0], "validation_loss"]


def test_where_there_is_no_terminal_there_is_no_bar(capfd):
    fit()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_before_it_spoils_the_weights(tmp_path, bad):
    batches = itertools.count()

    def breaks(model, batch):
        loss, count = summed(model, batch)
        return (loss * bad if next(batches) == 7 else loss), count

    model = begin()
    with pytest.raises(
        FloatingPointError, match=f"'step': 8, 'loss': {bad}.*lower learning rate"
    ) as e:
        fit(model, tmp_path, loss_of=breaks, save_every=7)
    losses = [line["loss"] for line in read_log(tmp_path)]
    assert str(losses[-3:]) in str(e.value)
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000007"]
    assert all(weight.isfinite().all() for weight in model.parameters())


def test_a_batch_without_targets_is_no_silent_zero():
    nothing = TensorDataset(DATA.tensors[0], torch.full_like(DATA.tensors[1], -100))
    with pytest.raises(FloatingPointError, match="a batch without targets"):
        fit(data=nothing)


def test_validation_that_is_no_number_stops():
    loss_of, _ = scripted([math.nan])
    with pytest.raises(FloatingPointError, match="'validation_loss': nan"):
        fit(loss_of=loss_of, validation=examples(8), evaluate_every=1)


def test_compiled_it_computes_the_same(monkeypatch):
    eager = partial(torch.compile, backend="aot_eager")  # traced, but not given to a C++ compiler
    expected, _ = fit(validation=VALIDATION, evaluate_every=5)
    calls = []
    monkeypatch.setattr(torch, "compile", lambda model: calls.append(model) or eager(model))
    compiled, _ = fit(validation=VALIDATION, evaluate_every=5, compile=True)
    assert calls == [compiled]
    assert_close(compiled, expected)


def test_bf16_computes_in_bf16_and_keeps_the_weights_in_float32():
    types = set()

    def seen(model, batch):
        x, y = (tensor.to(device) for tensor in batch)
        logits = model(x)
        types.add(logits.dtype)
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum")
        return loss, (y != -100).sum()

    data = examples(40, torch.float32)
    given = {"data": data, "validation": data, "loss_of": seen, "evaluate_every": 5}
    _, exact = fit(begin(dtype=torch.float32), **given)
    assert types == {torch.float32}
    types.clear()
    model, rough = fit(begin(dtype=torch.float32), bf16=True, **given)
    assert types == {torch.bfloat16}
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert rough != exact
    for a, b in zip(rough, exact, strict=True):  # bf16 has 8 bits: an error of 2**-9 a number
        assert a["loss"] == pytest.approx(b["loss"], rel=0.02)


def test_a_finished_run_is_not_trained_again(tmp_path):
    model, log = fit(folder=tmp_path, validation=VALIDATION, evaluate_every=3)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again, same_log = fit(begin(seed=5), tmp_path, validation=VALIDATION, evaluate_every=3)
    assert same_log == log
    assert same(again, model)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


class Stop(Exception):
    pass


def stopped(folder, at, **settings):
    """A run that ends in its step `at`."""
    calls = itertools.count()

    def loss_of(model, batch):
        if next(calls) == at:
            raise Stop
        return summed(model, batch)

    with pytest.raises(Stop):
        fit(begin(p_drop=0.5), folder, loss_of=loss_of, **settings)


def test_a_run_that_failed_goes_on_to_the_same_bits(tmp_path):
    expected, log = fit(begin(p_drop=0.5), tmp_path / "whole", save_every=3)
    stopped(tmp_path / "failed", at=8, save_every=3)
    model, resumed = fit(begin(p_drop=0.5), tmp_path / "failed", save_every=3)
    assert resumed == log
    assert same(model, expected)
    assert (tmp_path / "failed/log.jsonl").read_bytes() == (
        tmp_path / "whole/log.jsonl"
    ).read_bytes()


def test_how_often_it_saves_and_in_how_many_parts_may_change(tmp_path):
    expected, _ = fit()
    calls = itertools.count()

    def loss_of(model, batch):
        if next(calls) == 5:
            raise Stop
        return summed(model, batch)

    with pytest.raises(Stop):
        fit(folder=tmp_path, loss_of=loss_of, save_every=1)
    model, _ = fit(folder=tmp_path, accumulate=4, save_every=5, keep=1)
    assert_close(model, expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 4}, "batch_size was 8, and is 4 now"),
        ({"steps": 20}, "steps was 10, and is 20 now"),
        ({"lr": 0.2}, r"initial_lr of group 0 was 0\.1, and is 0\.2 now"),
        ({"data": examples(39)}, "examples was 40, and is 39 now"),
        ({"model": nn.Linear(6, 4, device=device)}, "is of another model"),
    ],
)
def test_in_the_folder_of_another_run_it_does_not_train(tmp_path, change, message):
    fit(folder=tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=message + ".*or another folder"):
        fit(folder=tmp_path, **change)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": 0.0}, r"lr=0\.0: give the optimizer a learning rate above 0"),
        ({"data": examples(0)}, "there are no examples to learn from"),
        ({"batch_size": 41}, "batch_size=41, but there are only 40 examples: give at most 40"),
        ({"accumulate": 9}, "batch_size=8 cannot be shared by 1 processes with 9 parts each"),
        ({"validation": []}, "the validation data are empty: give some, or None"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        fit(**change)


class Deadly(Dataset):
    """Its examples kill whoever loads them, as the system does when memory runs out."""

    def __len__(self):
        return 40

    def __getitem__(self, i):
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_is_told_with_the_cure():
    model = begin()
    optimizer = torch.optim.AdamW(model.parameters())
    config = TrainConfig(steps=10, batch_size=8)
    with pytest.raises(RuntimeError, match="DataLoader worker") as told:
        train(model, optimizer, summed, Deadly(), None, config, workers=1)
    assert "One of workers=1 failed." in told.value.__notes__[0]
    assert "take fewer; with workers=0" in told.value.__notes__[0]
