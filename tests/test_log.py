"""The log is lines of JSON, and goes on where a checkpoint says."""

import errno
import json
import math
import resource

import pytest

from torchbook.log import Log, read_log


def test_every_line_is_json_with_the_very_numbers_that_were_written(tmp_path):
    lines = [{"step": 1, "loss": math.pi}, {"step": 2, "loss": 1e-45, "lr": 1 / 3}]
    with Log(tmp_path / "log.jsonl") as log:
        for line in lines:
            log.write(**line)
    text = (tmp_path / "log.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == lines
    assert read_log(tmp_path) == log.lines == lines


def test_each_line_is_in_the_file_at_once(tmp_path):
    with Log(tmp_path / "log.jsonl") as log:
        log.write(step=1)
        assert read_log(tmp_path) == [{"step": 1}]


def test_lines_after_the_checkpoint_are_cut_off_even_half_a_line(tmp_path):
    with Log(tmp_path / "log.jsonl") as log:
        log.write(step=1)
        size = log.size()
        log.write(step=2)
    whole = (tmp_path / "log.jsonl").read_bytes()
    (tmp_path / "log.jsonl").write_bytes(whole[:-3])
    with Log(tmp_path / "log.jsonl", size) as log:
        assert log.lines == [{"step": 1}]
        log.write(step=2)
    assert (tmp_path / "log.jsonl").read_bytes() == whole


def test_a_log_shorter_than_the_checkpoint_says_is_refused_and_left_alone(tmp_path):
    (tmp_path / "log.jsonl").write_bytes(b'{"step": 1}\n')
    with pytest.raises(ValueError, match="has 12 bytes, but its run had written 50: put back"):
        Log(tmp_path / "log.jsonl", 50)
    assert read_log(tmp_path) == [{"step": 1}]


def test_without_a_file_the_lines_are_kept_all_the_same():
    with Log(None) as log:
        log.write(step=1)
    assert (log.lines, log.size()) == ([{"step": 1}], 0)


def test_a_full_disk_is_told_with_the_cure(tmp_path):
    with Log(tmp_path / "log.jsonl") as log:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5, before[1]))
        try:
            with pytest.raises(
                OSError, match=r"log.jsonl could not be written .*: make room"
            ) as told:
                log.write(step=1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert told.value.__cause__.errno == errno.EFBIG
