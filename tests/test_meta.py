"""The guard against a forgotten `device=` notices each way to forget it."""

import pytest
import torch
import torch.nn.functional as F
from meta import refuse_cpu


@pytest.mark.parametrize(
    "mistake",
    [
        lambda x: x + torch.ones(3),
        lambda x: x @ torch.ones(3, 3),
        lambda x: x.masked_fill(torch.ones(3, dtype=torch.bool), 0.0),
        lambda x: torch.cat((x, torch.ones(2, 3))),
        lambda x: F.embedding(torch.tensor([0, 1]), x),
        lambda x: x[torch.tensor([0, 1])],
        lambda x: x.add_(torch.ones(3)),
    ],
    ids=["add", "matmul", "mask", "cat", "embedding", "index", "in place"],
)
def test_an_operation_that_mixes_meta_and_cpu_is_refused(mistake):
    with refuse_cpu() as device:
        x = torch.zeros(2, 3, device=device)
        with pytest.raises(AssertionError, match="mixes cpu and meta"):
            mistake(x)


def test_numbers_and_one_device_pass():
    with refuse_cpu() as device:
        x = torch.zeros(2, 3, device=device)
        assert (x * torch.tensor(2.0) + torch.ones(3, device=device)).shape == (2, 3)
        assert (torch.ones(2) + torch.ones(2)).tolist() == [2.0, 2.0]
