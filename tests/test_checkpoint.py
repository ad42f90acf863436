"""A checkpoint is whole, or an error says what is wrong and which is the last good one."""

import errno
import json
import os
import pickle
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from torchbook.atomic import SUMS, sha256_of
from torchbook.checkpoint import checkpoints, newest, read_checkpoint, write_checkpoint
from torchbook.only_run import only_run

REST = {"best": 1 / 3, "random": [[1, None, "x"]]}


def write(run: Path, step: int, keep: int = 2) -> Path:
    return write_checkpoint(
        run, step, {"model": {"w": torch.full((1000,), float(step))}}, REST, keep
    )


@pytest.fixture
def run(tmp_path):
    """A run's folder with two checkpoints, of the steps 10 and 20."""
    folder = tmp_path / "run"
    write(folder, 10)
    write(folder, 20)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def sign(path: Path) -> None:
    """Make the list of digests right again, as a forger would."""
    names = sorted(file.name for file in path.iterdir() if file.name != SUMS)
    (path / SUMS).write_text("".join(f"{sha256_of(path / n)}  {n}\n" for n in names))


def test_what_is_read_is_what_was_written_to_the_bit(run):
    tensors = {
        "model": {
            "half": torch.tensor([1 / 3, -0.0, torch.inf]).bfloat16(),
            "scalar": torch.tensor(7),
            "empty": torch.zeros(0, 3),
            "turned": (grid := torch.arange(6).view(2, 3)).T,
            "tied": grid,
            "tied and turned": grid.T,
        },
        "best": {},
    }
    read, rest = read_checkpoint(write_checkpoint(run, 30, tensors, REST, keep=1))
    assert rest == REST
    assert read["best"] == {}
    for name, tensor in tensors["model"].items():
        assert torch.equal(read["model"][name], tensor.cpu())
        assert read["model"][name].dtype == tensor.dtype
    assert (
        read["model"]["half"].view(torch.int16).tolist()
        == tensors["model"]["half"].view(torch.int16).tolist()
    )


def test_tensors_that_share_memory_are_each_written(run):
    weight = torch.arange(6.0)
    tensors = {"model": {"whole": weight, "same": weight, "part": weight[2:4]}}
    read, _ = read_checkpoint(write_checkpoint(run, 30, tensors, REST, keep=1))
    assert {name: tensor.tolist() for name, tensor in read["model"].items()} == {
        name: tensor.tolist() for name, tensor in tensors["model"].items()
    }


def test_the_last_ones_are_kept_in_the_order_of_their_steps(run):
    for step in (99_999_999, 100_000_000):
        write(run, step)
    assert [p.name for p in checkpoints(run)] == ["step-99999999", "step-100000000"]
    assert newest(run) == run / "step-100000000"


def test_an_empty_folder_has_no_checkpoint(tmp_path):
    assert newest(tmp_path) is None


def test_the_weights_are_a_file_for_anybody(run):
    assert load_file(newest(run) / "model.safetensors")["w"].unique().tolist() == [20.0]


def truncate(path: Path) -> None:
    file = path / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray((path / "state.json").read_bytes())
    data[len(data) // 2] ^= 1
    (path / "state.json").write_bytes(data)


def lose(path: Path) -> None:
    (path / "model.safetensors").unlink()


@pytest.mark.parametrize("damage", [truncate, flip, lose])
def test_a_damaged_checkpoint_is_named_and_so_is_the_last_good_one(run, damage):
    damage(run / "step-00000020")
    before = content(run)
    with pytest.raises(ValueError, match=r"cut off or altered|is missing") as told:
        newest(run)
    assert f"Delete {run}/step-00000020, and the run goes on from {run}/step-00000010" in str(
        told.value
    )
    assert content(run) == before
    shutil.rmtree(run / "step-00000020")
    assert newest(run) == run / "step-00000010"


def test_if_all_are_damaged_the_run_begins_again(run):
    for path in checkpoints(run):
        truncate(path)
    both = f"{run}/step-00000020, {run}/step-00000010"
    with pytest.raises(ValueError, match=f"Delete {both}, and the run begins again"):
        newest(run)


class Guest:
    """What a pickle can do: call any function when it is read."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self):
        return os.makedirs, (str(self.made),)


@pytest.mark.parametrize("name", ["model.safetensors", "state.json", SUMS])
@pytest.mark.parametrize("written", [pickle.dump, torch.save])
def test_a_pickle_by_the_name_of_one_of_our_files_is_refused_and_not_run(run, name, written):
    path, made = run / "step-00000020", run / "uninvited"
    with open(path / name, "wb") as file:
        written(Guest(made), file)
    if name != SUMS:
        sign(path)
    with pytest.raises(ValueError, match=r"SHA256SUMS is missing or damaged|is no torchbook check"):
        read_checkpoint(newest(run))
    assert not made.exists()
    if written is pickle.dump:  # the same bytes do run where pickles are read
        pickle.loads((path / name).read_bytes())
        assert made.exists()


def test_a_checkpoint_of_another_program_is_refused(run):
    path = newest(run)
    state = json.loads((path / "state.json").read_text())
    for other in ({**state, "format": "another 7"}, {"rest": 1}, [1, 2], "text"):
        (path / "state.json").write_text(json.dumps(other))
        sign(path)
        with pytest.raises(
            ValueError, match=r"is no torchbook checkpoint 1 .*: take another folder"
        ):
            read_checkpoint(newest(run))


@pytest.fixture
def small_files():
    """No file may grow beyond 3,000 bytes: to whom writes, a full disk looks much like this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_cannot_grow_leaves_the_last_checkpoint_as_it_was(run, small_files):
    before = content(run)
    with pytest.raises(OSError, match="no checkpoint could be written") as told:
        write(run, 30)
    assert f"the run goes on from {run}/step-00000020, which is as it was" in str(told.value)
    assert content(run) == before


@pytest.mark.parametrize("at", ["mkdir", "write_text", "rename"])
def test_a_full_disk_at_any_moment_leaves_the_last_checkpoint_as_it_was(run, monkeypatch, at):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = content(run)
    monkeypatch.setattr(Path, at, full)
    with pytest.raises(OSError, match=r"No space left on device.*make room on the disk"):
        write(run, 30)
    assert content(run) == before


def on_a_small_disk(folder: Path) -> None:
    """In a process whose mounts nobody else sees: write until the disk is full, then read-only."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", folder], check=True)
    large = {"model": {"w": torch.zeros(25_000)}}  # 100 kB
    write_checkpoint(folder, 10, large, REST, keep=9)
    write_checkpoint(folder, 20, large, REST, keep=9)
    with pytest.raises(OSError, match=r"No space left on device.*the run goes on from"):
        write_checkpoint(folder, 30, large, REST, keep=9)
    before = content(folder)
    assert newest(folder) == folder / "step-00000020"
    assert not [*folder.glob("*.part")]
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    with pytest.raises(OSError, match=r"no checkpoint could be written.*Read-only file system"):
        write(folder, 200)
    with pytest.raises(OSError, match=r"nothing can be written in.*Read-only file system"):
        only_run(folder).__enter__()
    assert content(folder) == before


def test_a_disk_that_is_full_or_read_only_leaves_the_last_checkpoint_as_it_was(tmp_path):
    unshare = ["unshare", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*unshare, "true"]).returncode:
        pytest.skip("nothing can be mounted here")
    call = "import sys, test_checkpoint as t; t.on_a_small_disk(t.Path(sys.argv[1]))"
    done = subprocess.run(
        [*unshare, sys.executable, "-c", call, tmp_path],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not [*tmp_path.iterdir()]  # it was that process's disk


@pytest.mark.parametrize("folder", ["a file", "a file/run"])
def test_a_file_in_place_of_the_folder_is_told(tmp_path, folder):
    (tmp_path / "a file").write_text("mine")
    with pytest.raises(OSError, match=f"nothing can be written in {tmp_path / folder}"):
        only_run(tmp_path / folder).__enter__()
    assert (tmp_path / "a file").read_text() == "mine"


def test_a_folder_is_for_one_run_and_is_free_again_after_it(tmp_path):
    refused = pytest.raises(RuntimeError, match=f"another run is writing in {tmp_path}: wait")
    with only_run(tmp_path), refused:
        only_run(tmp_path).__enter__()
    with only_run(tmp_path):
        pass


def test_what_a_killed_run_left_is_cleared(run):
    (run / "step-00000030.part").mkdir()
    (run / "step-00000030.part" / "model.safetensors").write_bytes(b"half")
    with only_run(run):
        assert sorted(p.name for p in run.glob("step*")) == ["step-00000010", "step-00000020"]
