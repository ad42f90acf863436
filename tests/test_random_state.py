"""The random generators go on where they were."""

import json
import random

import numpy as np
import torch

from torchbook.random_state import random_state, set_random_state


def draws() -> list[float]:
    """Normal numbers too: generators keep the second of a pair for the next time."""
    python = [random.random(), random.gauss(0, 1)]
    numpy = [np.random.random(), np.random.normal()]  # noqa: NPY002
    return [*python, *numpy, torch.rand(()).item(), *torch.randn(3).tolist()]


def test_after_a_journey_through_json_every_generator_draws_the_same():
    draws()
    saved = json.dumps(random_state())
    expected = draws(), draws()
    draws()
    set_random_state(json.loads(saved))
    assert (draws(), draws()) == expected


def test_on_another_device_the_state_of_a_gpu_is_left_out():
    set_random_state({**random_state(), **({} if torch.cuda.is_available() else {"cuda": [1, 2]})})
