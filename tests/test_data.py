import itertools

import pytest
import torch
from sklearn.datasets import load_digits

from torchbook.data import digits

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
