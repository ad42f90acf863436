"""The filters leave what transformers' leave, and what is drawn has the probabilities promised."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from test_generate import seeded
from torch.testing import assert_close
from transformers import TopKLogitsWarper, TopPLogitsWarper

from torchbook.sampling import choose, keep_top_k, keep_top_p

few = settings(max_examples=40, derandomize=True, deadline=None)


@few
@given(B=st.integers(1, 3), V=st.integers(1, 40), k=st.integers(1, 50), ties=st.booleans())
def test_top_k_leaves_what_transformers_leaves(B, V, k, ties):
    logits = torch.randn(B, V)
    logits = logits.round() if ties else logits
    assert torch.equal(keep_top_k(logits, k), TopKLogitsWarper(top_k=k)(None, logits))


@few
@given(B=st.integers(1, 3), V=st.integers(1, 40), p=st.floats(0.01, 1.0), scale=st.floats(0.1, 9))
def test_top_p_leaves_what_transformers_leaves(B, V, p, scale):
    logits = scale * torch.randn(B, V, dtype=torch.float64)
    assert torch.equal(keep_top_p(logits, p), TopPLogitsWarper(top_p=p)(None, logits))


def test_top_p_leaves_the_fewest_that_reach_p():
    logits = torch.tensor([[0.1, 0.4, 0.2, 0.3]]).log()
    for p, left in ((0.01, 1), (0.39, 1), (0.41, 2), (0.69, 2), (0.71, 3), (0.91, 4), (1.0, 4)):
        assert keep_top_p(logits, p).isfinite().sum() == left
    assert keep_top_p(torch.zeros(1, 4), 0.5).isfinite().sum() == 2  # which reach it exactly


def test_temperature_zero_is_the_likeliest():
    logits = torch.randn(5, 9)
    assert torch.equal(choose(logits), logits.argmax(dim=-1))
    assert torch.equal(choose(logits, temperature=1e-6), logits.argmax(dim=-1))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_with_their_probabilities(temperature):
    logits = torch.tensor([0.0, 1.0, 2.0, -1.0])
    drawn = choose(logits.expand(40_000, -1), temperature, generator=seeded(0))
    shares = drawn.bincount(minlength=4) / len(drawn)
    # a share's standard deviation is at most 0.5 / sqrt(40,000) = 0.0025
    assert_close(shares, (logits / temperature).softmax(dim=-1), rtol=0, atol=0.01)


def test_only_what_is_left_is_drawn():
    logits = torch.tensor([3.0, 2.0, 1.0, 0.0, -1.0]).expand(2_000, -1)
    assert choose(logits, 1.0, top_k=2).unique().tolist() == [0, 1]
    assert choose(logits, 1.0, top_p=0.8).unique().tolist() == [0, 1]
    assert choose(logits, 1.0, top_k=3, top_p=0.99).unique().tolist() == [0, 1, 2]
    # the filters see the probabilities after the temperature
    assert choose(logits, 9.0, top_p=0.99).unique().tolist() == [0, 1, 2, 3, 4]


def test_a_generator_decides_and_the_global_one_stays():
    logits, state = torch.randn(50, 9), torch.get_rng_state()
    one, same, other = (choose(logits, 1.0, generator=seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"temperature": -0.1}, r"temperature=-0.1 would prefer the unlikely"),
        ({"temperature": math.nan}, r"temperature=nan"),
        ({"top_k": 0}, r"top_k=0 leaves no token"),
        ({"top_p": 0.0}, r"top_p=0.0 is no share"),
        ({"top_p": 1.1}, r"top_p=1.1 is no share"),
    ],
)
def test_a_choice_that_means_nothing_is_refused(choice, message):
    with pytest.raises(ValueError, match=message):
        choose(torch.randn(2, 5), **{"temperature": 1.0} | choice)


def test_nothing_is_made_on_the_cpu():
    with refuse_cpu() as device:
        logits = torch.randn(2, 9, device=device)
        assert choose(logits).shape == choose(logits, 0.7, top_k=3, top_p=0.5).shape == (2,)
