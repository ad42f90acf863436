"""One name for the device, and no silent fall back to another."""

import os
import subprocess
import sys

import pytest
import torch

from execute import ROOT
from torchbook.device import best_device, device


def test_the_device_asked_for_is_the_one_used():
    assert best_device("cpu") == torch.device("cpu")
    assert torch.ones(2, device=device).sum() == 2


@pytest.mark.parametrize("present", ["cuda", "mps", "cpu"])
def test_the_fastest_present_is_chosen(monkeypatch, present):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: present == "cuda")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: present in {"cuda", "mps"})
    assert best_device() == torch.device(present)


@pytest.mark.parametrize("asked", ["cuda", "cuda:1", "mps", "tpu"])
def test_asking_for_what_is_not_there_is_an_error(monkeypatch, asked):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match=f"'{asked}' is not available; here there is: cpu"):
        best_device(asked)


def test_asking_the_tests_for_a_gpu_where_there_is_none_fails():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/test_errors.py"]
    environment = os.environ | {"TORCHBOOK_DEVICE": "cuda", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "device 'cuda' is not available; here there is: " in done.stderr
