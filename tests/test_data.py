import hashlib
import itertools
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

from torchbook.data import digits, split

few = settings(max_examples=50, derandomize=True, deadline=None)

pytestmark = pytest.mark.usefixtures("on_the_cpu")


def rows(part):
    """Each example as a hashable value: its pixels, then its label."""
    images, labels = part.tensors
    pairs = zip(images.flatten(1).tolist(), labels.tolist(), strict=True)
    return [(*image, label) for image, label in pairs]


def test_digits_are_split_the_same_way_every_time():
    for once, again in zip(digits(), digits(), strict=True):
        assert all(map(torch.equal, once.tensors, again.tensors))


def test_another_seed_gives_another_split():
    assert rows(digits(seed=0).test) != rows(digits(seed=1).test)


def test_digits_ignore_the_global_seed_and_leave_it_alone():
    torch.manual_seed(1)
    state = torch.get_rng_state()
    one = digits()
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert torch.equal(one.test.tensors[0], digits().test.tensors[0])


@pytest.mark.parametrize("seed", [0, 1])
def test_no_image_is_in_two_parts(seed):
    for one, other in itertools.combinations(digits(seed), 2):
        assert not set(rows(one)) & set(rows(other))


def test_the_parts_together_are_the_whole_of_scikit_learns_digits():
    pixels, labels = load_digits(return_X_y=True)
    whole = [(*image, label) for image, label in zip(pixels / 16, labels, strict=True)]
    assert sorted(row for part in digits() for row in rows(part)) == sorted(whole)


def test_images_are_float32_from_0_to_1_and_labels_int64_from_0_to_9():
    for part in digits():
        images, labels = part.tensors
        assert images.dtype == torch.float32
        assert images.shape == (len(part), 8, 8)
        assert (images.min(), images.max()) == (0, 1)
        assert labels.dtype == torch.int64
        assert labels.unique().tolist() == list(range(10))
        assert not images.requires_grad


def test_an_example_is_an_image_and_its_label():
    image, label = digits().train[0]
    assert image.shape == (8, 8)
    assert label.shape == ()


def test_the_digits_and_their_split_are_the_same_everywhere():
    values = [tensor.tolist() for part in digits() for tensor in part.tensors]
    assert hashlib.sha256(repr(values).encode()).hexdigest()[:16] == "fc4cd68ad9a47029"


FRACTIONS = st.tuples(*[st.floats(0.01, 0.33)] * 3)


@few
@given(st.integers(100, 500), FRACTIONS, st.integers(0, 2**31))
def test_a_split_shares_no_example_and_has_the_sizes_asked_for(n, fractions, seed):
    parts = split(range(n), fractions, seed)
    seen = [example for part in parts for example in part]
    assert len(seen) == len(set(seen))
    assert set(seen) <= set(range(n))
    for part, fraction in zip(parts, fractions, strict=True):
        assert abs(len(part) - fraction * n) < 1 + 1e-9  # the ends are rounded, not the sizes


def test_fractions_that_sum_to_one_leave_nothing_out():
    for n in range(10, 200):
        for fractions in [(0.8, 0.1, 0.1), (0.6, 0.3, 0.1), (1 / 3, 1 / 3, 1 / 3)]:
            assert sum(map(len, split(range(n), fractions))) == n


def test_a_split_is_drawn_from_its_seed_and_from_nothing_else():
    once = [list(part) for part in split(range(50), seed=3)]
    state = torch.get_rng_state()
    torch.rand(3)
    before = torch.get_rng_state()
    assert [list(part) for part in split(range(50), seed=3)] == once
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(state, before)
    assert [list(part) for part in split(range(50), seed=4)] != once
    assert sorted(once[0]) != once[0], "shuffled"


def test_a_split_is_the_same_everywhere():
    indices = [part.indices for part in split(range(10_000))]
    assert hashlib.sha256(repr(indices).encode()).hexdigest()[:16] == "c4254359bc1df688"


def test_a_part_is_ready_for_a_loader():
    train, validation, test = split(TensorDataset(torch.arange(30)))
    assert [len(DataLoader(part, 4)) for part in (train, validation, test)] == [6, 1, 1]
    (values,) = next(iter(DataLoader(train, 4)))
    assert values.tolist() == train.indices[:4]


@pytest.mark.parametrize(
    "fractions", [(0.8, 0.2, 0.0), (0.9, -0.1, 0.2), (0.8, 0.2, 0.1), (0.8, 0.2), (8, 1, 1)]
)
def test_fractions_that_cannot_be_are_refused(fractions):
    message = f"fractions {re.escape(str(fractions))}: give three, .* each above 0, that sum to at"
    with pytest.raises(ValueError, match=message):
        split(range(100), fractions)


@pytest.mark.parametrize(("n", "sizes"), [(0, [0, 0, 0]), (1, [1, 0, 0]), (4, [3, 1, 0])])
def test_a_part_without_examples_is_refused(n, sizes):
    message = rf"{n} examples, .* make parts of {re.escape(str(sizes))}: each needs at least one"
    with pytest.raises(ValueError, match=message):
        split(range(n))
