"""Batches follow from the seed and the step."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchbook.batches import Batches

runs = st.tuples(
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
    st.integers(0, 2**40),
)


def of(n, batch_size, seed, start=0, stop=20, **shared):
    return list(Batches(n, batch_size, seed, start, stop, **shared))


@given(runs, st.integers(0, 20))
def test_a_run_that_begins_at_a_step_has_the_batches_of_one_that_began_before(run, start):
    (n, batch_size), seed = run
    assert of(n, batch_size, seed)[start:] == of(n, batch_size, seed, start)


@given(runs)
def test_an_epoch_has_no_example_twice_and_as_many_as_fill_its_batches(run):
    (n, batch_size), seed = run
    epoch = of(n, batch_size, seed, stop=n // batch_size)
    drawn = [i for batch in epoch for i in batch]
    assert len(set(drawn)) == len(drawn) == n // batch_size * batch_size
    assert set(drawn) <= set(range(n))


@given(st.integers(12, 40), st.integers(1, 3), st.integers(1, 4))
def test_the_parts_of_all_processes_make_the_batch_of_one(n, parts, world):
    whole = of(n, 12, seed=0, stop=4)
    shares = [of(n, 12, 0, stop=4, parts=parts, rank=r, world=world) for r in range(world)]
    for step, batch in enumerate(whole):
        own = [[share[step * parts + part] for part in range(parts)] for share in shares]
        assert sorted(i for share in own for part in share for i in part) == sorted(batch)
        assert all(part for share in own for part in share)


def test_each_epoch_and_each_seed_has_its_own_order():
    assert len({tuple(batch) for seed in range(5) for batch in of(30, 30, seed)}) == 100


def test_large_seeds_differ_too():  # torch.Generator keeps 32 bits of a seed
    assert of(30, 30, 1) != of(30, 30, 1 + 2**32)


def test_the_order_is_the_same_on_every_machine():
    listed = repr(of(1000, 64, seed=7)).encode()
    assert hashlib.sha256(listed).hexdigest()[:16] == "1f1e95a0a57404f9"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 0}, "there are no examples to learn from: give a dataset that has some"),
        ({"n": 7, "batch_size": 8}, "batch_size=8, but there are only 7 examples: give at most 7"),
        (
            {"batch_size": 5, "parts": 3, "world": 2},
            "batch_size=5 cannot be shared by 2 processes with 3 parts each: give a batch_size of "
            "at least 6",
        ),
    ],
)
def test_what_cannot_be_shared_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        of(**{"n": 20, "batch_size": 4, "seed": 0, **settings})
