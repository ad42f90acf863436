"""Two processes on the CPU, by gloo: what the loop does in one, it does in several."""

import os
import shutil
import time
from itertools import chain
from pathlib import Path

import pytest
import torch
import two_processes
from filelock import FileLock
from torch.testing import assert_close
from two_processes import CONFIG, KINDS, STEPS, interrupted, one_step, run, texts, torchrun

from torchbook.batches import Batches, shares
from torchbook.checkpoint import newest
from torchbook.distributed import processes
from torchbook.rank_zero import on_rank_0
from torchbook.same_run import settings

ROUNDING = {"atol": 1e-12, "rtol": 0}  # float64, summed in another order
kinds = pytest.mark.parametrize("kind", list(KINDS))


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which two processes left what they found; started once for all tests."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the workers share it
    place = folder / "two_processes"
    with FileLock(folder / "two_processes.lock"):
        if not place.exists():
            aside = folder / "two_processes.part"
            prepare(aside)
            aside.rename(place)
    return place


def prepare(folder: Path) -> None:
    for kind in KINDS:
        interrupted(folder / f"one-{kind}")  # two processes will go on from there
    for how in "kill", "raise":
        status, output = torchrun(two_processes.__file__, folder, how)
        seconds = time.time() - float((folder / f"{how}.time").read_text())
        assert status != 0, output
        (folder / f"{how}.output").write_text(f"{seconds}\n{output}")
        shutil.copytree(folder / how, folder / f"{how}-left")
    status, output = torchrun(two_processes.__file__, folder, "together")
    assert status == 0, output


def load(found: Path, name: str):
    return torch.load(found / f"{name}.pt")


def assert_equal_runs(a, b, **tolerance) -> None:
    for lines in zip(a[0], b[0], strict=True):
        assert_close(*lines, **tolerance)
    assert_close(a[1], b[1], **tolerance)


@kinds
def test_two_processes_give_the_gradient_of_one_with_twice_the_batch(found, kind):
    in_one, in_two = run(sgd=True, config=one_step()), load(found, f"step-{kind}")
    assert_equal_runs(in_one, in_two, **ROUNDING)
    assert in_two[0][0]["gradient_norm"] > 0.1


def test_the_two_processes_and_their_parts_had_different_numbers_of_targets():
    def targets(indices: list[int]) -> int:
        return sum(len(texts(20, seed=1)[i]) - 1 for i in indices)

    dealt = [[*Batches(20, 6, 0, 0, 1, parts=2, rank=r, world=2)] for r in range(2)]
    assert len({targets(part) for parts in dealt for part in parts}) == 4
    assert len({targets([*chain(*parts)]) for parts in dealt}) == 2


def test_gradients_are_exchanged_only_when_it_is_time(found):
    assert load(found, "gradients") == [[1.5, 1.5], [1.0, 2.0]]


@kinds
def test_a_whole_run_of_two_processes_is_that_of_one(found, kind):
    in_one, in_two = run(), load(found, f"run-{kind}")
    assert len(in_two[0]) == STEPS
    assert sum("validation_loss" in line for line in in_two[0]) == 3
    assert_equal_runs(in_one, in_two, **ROUNDING)


@kinds
def test_a_run_of_one_process_goes_on_with_two(found, kind):
    assert_equal_runs(run(), load(found, f"from-one-{kind}"), **ROUNDING)


@kinds
def test_a_run_of_two_processes_goes_on_with_one(found, kind, tmp_path):
    folder = shutil.copytree(found / f"two-{kind}", tmp_path / "run")
    assert newest(folder).name == "step-00000006"
    assert_equal_runs(run(), run(folder), **ROUNDING)


@kinds
def test_the_same_number_of_processes_goes_on_to_the_same_bits(found, kind):
    assert_equal_runs(load(found, f"dropout-{kind}"), load(found, f"same-{kind}"), atol=0, rtol=0)


def test_ddp_and_fsdp_drop_the_same(found):
    assert_equal_runs(load(found, "dropout-ddp"), load(found, "dropout-fsdp"), **ROUNDING)


def test_each_process_draws_random_numbers_of_its_own(found):
    a, b = load(found, "draws")
    assert a != b


@pytest.mark.parametrize("how", ["kill", "raise"])
def test_a_process_that_dies_ends_the_run_in_seconds_and_says_which(found, how):
    seconds, output = (found / f"{how}.output").read_text().split("\n", 1)
    assert float(seconds) < 30  # when torchrun would lose patience with one that hangs
    cause = output.split("Root Cause")[1]
    assert "rank      : 1 " in cause
    assert ("Signal 9 (SIGKILL)" in cause) == (how == "kill")
    if how == "raise":
        assert "ValueError: the data have a hole" in output
        assert "This was process 1 of 2.  If it is about a connection" in output


@pytest.mark.parametrize("how", ["kill", "raise"])
def test_what_a_dead_process_leaves_goes_on_as_if_nothing_had_happened(found, how):
    assert newest(found / f"{how}-left").name == "step-00000006"
    assert_equal_runs(load(found, "dropout-ddp"), load(found, how), atol=0, rtol=0)


def test_what_goes_wrong_in_rank_0_is_raised_by_all(found):
    assert load(found, "refused") == ["OSError: the disk is full"] * 2


def test_an_optimizer_of_other_tensors_is_refused():
    model, other = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(other.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="other tensors than the model's: make it of"):
        settings(model, optimizer, CONFIG, examples=7)


def test_an_error_of_rank_0_keeps_its_kind():
    with pytest.raises(ZeroDivisionError):
        on_rank_0(lambda: 1 / 0)


@pytest.mark.parametrize("world", [1, 2, 3, 7])
@pytest.mark.parametrize("n", [7, 8, 20])
def test_each_example_is_looked_at_once_in_as_many_batches_by_all(n, world):
    dealt = [shares(n, batch_size=4, rank=r, world=world) for r in range(world)]
    assert sorted(chain(*chain(*dealt))) == list(range(n))
    assert len({len(batches) for batches in dealt}) == 1
    assert {1 <= len(batch) <= 4 for batch in chain(*dealt)} == {True}


def test_fewer_examples_than_processes_cannot_be_shared():
    with pytest.raises(ValueError, match="1 examples cannot be shared by 2 processes: give at le"):
        shares(1, batch_size=4, world=2)


def test_a_process_without_a_gpu_of_its_own_is_refused(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "a run")
    monkeypatch.setenv("LOCAL_RANK", "2")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with (
        pytest.raises(ValueError, match=r"process 2 .* has no GPU, for there are 2: .*node=2"),
        processes(torch.device("cuda")),
    ):
        pass


def test_a_device_that_cannot_exchange_is_refused(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "a run")
    with (
        pytest.raises(ValueError, match="cannot exchange tensors on mps: use cuda or cpu"),
        processes(torch.device("mps")),
    ):
        pass
