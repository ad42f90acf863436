"""Batches arrive, and their workers stay."""

import os

import pytest
import torch
from torch.utils.data import Dataset

from torchbook.loader import loader, watched

pytestmark = pytest.mark.usefixtures("on_the_cpu")


class Loaded(Dataset):
    """Each example is who loaded it."""

    def __getitem__(self, i):
        return os.getpid()


def test_the_workers_of_one_pass_are_those_of_the_next():
    batches = loader(Loaded(), None, 2, [[0, 1], [2, 3]])
    first, second = ({pid for batch in watched(batches) for pid in batch.tolist()} for _ in "12")
    assert first == second
    assert os.getpid() not in first


def test_pytorchs_generator_is_left_alone():
    before = torch.get_rng_state()
    assert [batch.tolist() for batch in watched(loader(range(4), None, 0, [[3, 0]]))] == [[3, 0]]
    assert torch.equal(torch.get_rng_state(), before)
