"""A run that is killed ends with the same bits as one that was left alone.

The killed processes are forks of one that has imported PyTorch already: fifty cost some seconds.
"""

import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from torchbook.checkpoint import checkpoints

KILLS = 50


@pytest.fixture(scope="module")
def start():
    """start(folder, ...): the run in a process of its own, under way."""
    with torch.device("cpu"):
        import killed_run  # only here, for it trains a little when it is imported

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["killed_run"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUDA_VISIBLE_DEVICES", "")  # what has used a GPU cannot be forked
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # where killed_run is

        def started(*arguments) -> multiprocessing.Process:
            process = context.Process(target=killed_run.run_to_the_end, args=arguments)
            process.start()
            return process

        yield started


def outcome(folder: Path) -> tuple[bytes, bytes]:
    """The final weights and the log, as bytes."""
    return (folder / "final.safetensors").read_bytes(), (folder / "log.jsonl").read_bytes()


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, in memory where there is such a thing: to wait for a disk proves nothing."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as path:
        yield Path(path)


@pytest.fixture(scope="module")
def expected(start, tmp_path_factory) -> tuple[bytes, bytes]:
    """The outcome of the run that nobody kills."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    process = start(folder)
    process.join()
    assert process.exitcode == 0
    return outcome(folder)


def test_a_run_killed_at_fifty_random_moments_ends_with_the_same_bits(start, expected, folder):
    moment, kills, writing, runs = random.Random(0), 0, 0, 0
    while kills < KILLS:
        run = folder / str(runs)
        runs += 1
        exitcode = -signal.SIGKILL
        while exitcode:
            process = start(run)
            if kills < KILLS:
                time.sleep(moment.uniform(0, 0.2))
                process.kill()
            process.join()
            exitcode = process.exitcode
            assert exitcode in (0, -signal.SIGKILL)
            kills += exitcode != 0
            writing += any(run.glob("*.part"))
        assert outcome(run) == expected
    assert writing > 0, "none hit while a checkpoint was written; as a rule, a third of them do"


def test_a_run_killed_at_every_kind_of_file_operation_ends_with_the_same_bits(
    start, expected, folder
):
    exitcode, fatal, found = -signal.SIGKILL, 0, set()
    while exitcode:
        process = start(folder, 0, fatal)
        process.join()
        exitcode = process.exitcode
        assert exitcode in (0, -signal.SIGKILL)
        found.add(tuple(sorted(path.suffix for path in folder.glob("step-*"))))
        fatal += 1
    assert outcome(folder) == expected
    assert {("", "", ".part"), ("", "", "")} <= found  # before a rename, and after


def test_workers_change_no_bit_and_do_not_outlive_their_run_in_its_folder(start, expected, folder):
    process = start(folder, 1)
    while len(checkpoints(folder)) < 2:
        time.sleep(0.01)
    process.kill()
    process.join()
    again = start(folder, 1)  # at once: the folder's lock is free
    again.join()
    assert again.exitcode == 0
    assert outcome(folder) == expected


def test_a_second_run_in_the_same_folder_is_refused_and_harms_nothing(start, expected, folder):
    process = start(folder)
    while not checkpoints(folder):
        time.sleep(0.01)
    from killed_run import run

    busy = r"another run is writing in .*: wait until it ends"
    with torch.device("cpu"), pytest.raises(RuntimeError, match=busy):
        run(folder)
    process.join()
    assert outcome(folder) == expected
