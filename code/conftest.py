"""Doctests show what a reader sees on a CPU, whatever the device of the other tests."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def _on_the_cpu() -> Iterator[None]:
    with torch.device("cpu"):
        yield
