"""A folder is whole or not there, and an altered byte is noticed."""

import os
import shutil
import subprocess

import pytest

from torchbook.atomic import SUMS, read_sums, remove_folder, whole_folder

FILES = {"a": b"one", "b": b"two" * 1000}


@pytest.fixture
def folder(tmp_path):
    with whole_folder(tmp_path / "whole") as aside:
        for name, data in FILES.items():
            (aside / name).write_bytes(data)
    return tmp_path / "whole"


def test_what_was_written_is_there_and_nothing_beside_it(folder):
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.name != SUMS} == FILES
    assert os.listdir(folder.parent) == ["whole"]


def test_the_name_appears_only_when_all_is_on_the_disk(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr("os.fsync", lambda file: waited.append(os.fstat(file).st_ino))
    with whole_folder(tmp_path / "whole") as aside:
        (aside / "a").write_bytes(b"one")
        assert not (tmp_path / "whole").exists()
        assert not waited
    inside = [tmp_path / "whole" / "a", tmp_path / "whole" / SUMS, tmp_path / "whole"]
    assert set(waited[:-1]) == {path.stat().st_ino for path in inside}
    assert waited[-1] == tmp_path.stat().st_ino


@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_if_writing_fails_nothing_is_left(tmp_path, kind):
    def write() -> None:
        with whole_folder(tmp_path / "whole") as aside:
            (aside / "a").write_bytes(b"one")
            raise kind

    with pytest.raises(kind):
        write()
    assert os.listdir(tmp_path) == []


def test_leftovers_of_a_killed_process_do_not_get_in(tmp_path):
    (tmp_path / "whole.part").mkdir()
    (tmp_path / "whole.part" / "old").write_bytes(b"left")
    with whole_folder(tmp_path / "whole"):
        pass
    assert os.listdir(tmp_path / "whole") == [SUMS]


def test_a_folder_is_not_written_twice(folder):
    with pytest.raises(FileExistsError, match="is there already"), whole_folder(folder):
        pass
    assert read_sums(folder).keys() == FILES.keys()


def test_sha256sum_reads_the_list(folder):
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum here, as on a Mac")
    command = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    assert subprocess.run(command, cwd=folder).returncode == 0


@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_every_flipped_bit_is_noticed(folder, name):
    good = (folder / name).read_bytes()
    for place in range(0, len(good), max(1, len(good) // 150)):
        for bit in 1, 32, 128:
            bad = bytearray(good)
            bad[place] ^= bit
            (folder / name).write_bytes(bad)
            with pytest.raises(ValueError, match=r"cut off or altered|missing"):
                read_sums(folder)
    (folder / name).write_bytes(good)
    assert read_sums(folder).keys() == FILES.keys()


@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_a_file_that_is_cut_off_or_missing_is_named(folder, name):
    (folder / name).write_bytes((folder / name).read_bytes()[:-2])
    with pytest.raises(ValueError, match=r"cut off or altered|missing"):
        read_sums(folder)
    (folder / name).unlink()
    with pytest.raises(ValueError, match=f"{folder / name} is missing"):
        read_sums(folder)


def test_the_list_names_no_file_outside(folder):
    (folder.parent / "secret").write_bytes(b"one")
    digest = read_sums(folder)["a"]
    (folder / SUMS).write_text(f"{digest}  ../secret\n")
    with pytest.raises(ValueError, match=r"\.\./secret is missing"):
        read_sums(folder)


def test_a_folder_half_deleted_does_not_look_whole(folder, monkeypatch):
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)  # killed before the first file
    remove_folder(folder)
    assert os.listdir(folder.parent) == ["whole.part"]
