"""Positions: waves that tell them apart, and turns of which only the distance remains."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch.testing import assert_close
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

from torchbook.positions import rotary, rotate, sinusoidal


def test_sinusoidal_is_the_formula():
    table = sinusoidal(50, 6)
    for t in (0, 1, 49):
        for i in range(3):
            angle = torch.tensor(t / 10_000 ** (2 * i / 6), dtype=torch.float64)
            assert_close(table[t, 2 * i].double(), angle.sin(), rtol=0, atol=1e-5)
            assert_close(table[t, 2 * i + 1].double(), angle.cos(), rtol=0, atol=1e-5)


def test_a_step_turns_every_sinusoidal_position_by_the_same_angles():
    waves = sinusoidal(9, 8).unflatten(-1, (4, 2))  # (T, C/2, 2)
    cosines = (waves[:-1] * waves[1:]).sum(dim=-1)  # of the angles between neighbours
    assert_close(cosines, cosines[:1].expand_as(cosines))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("base", [10_000.0, 500.0])
def test_rotary_is_the_one_of_transformers(dtype, base):
    config = LlamaConfig(
        hidden_size=24,
        num_attention_heads=3,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )
    positions = torch.tensor([[0, 1, 2, 3, 700], [5, 0, 5, 9, 2047]])
    q, k = torch.randn(2, 2, 3, 5, 8).to(dtype).unbind()
    cos, sin = LlamaRotaryEmbedding(config)(q, positions)
    theirs = apply_rotary_pos_emb(q, k, cos, sin)
    turns = [t[:, None] for t in rotary(positions, head_dim=8, base=base)]  # (B, 1, T, D)
    ours = rotate(q, *turns), rotate(k, *turns)
    assert_close(ours, theirs, rtol=0, atol=0)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(t=st.integers(0, 200), distance=st.integers(0, 200), shift=st.integers(0, 200))
def test_only_the_distance_of_two_rotary_positions_matters(t, distance, shift):
    q, k = torch.randn(2, 1, 1, 1, 16).double().unbind()

    def score(t: int, s: int) -> torch.Tensor:
        turned = [rotate(x, *rotary(torch.tensor([p]), 16)) for x, p in ((q, t), (k, s))]
        return turned[0] @ turned[1].mT

    assert_close(score(t + distance, t), score(t + distance + shift, t + shift), rtol=0, atol=1e-3)


def test_turning_keeps_lengths_and_position_zero_turns_nothing():
    x = torch.randn(2, 3, 5, 8)
    turned = rotate(x, *rotary(torch.arange(5), 8))
    assert_close(turned.norm(dim=-1), x.norm(dim=-1))
    assert_close(turned[:, :, 0], x[:, :, 0], rtol=0, atol=0)
    assert not torch.allclose(turned[:, :, 1:], x[:, :, 1:])


def test_gradients_match_finite_differences():
    x = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: rotate(x, *rotary(torch.arange(3), 4)), x)


@pytest.mark.parametrize("make", [lambda w: sinusoidal(3, w), lambda w: rotary(torch.arange(3), w)])
def test_an_odd_width_is_refused(make):
    with pytest.raises(ValueError, match="a width of 5 cannot be cut into pairs: make it even"):
        make(5)


def test_nothing_is_made_on_the_cpu():
    with refuse_cpu() as device:
        x = torch.randn(2, 3, 5, 8, device=device)
        assert rotate(x, *rotary(torch.arange(5, device=device), 8)).shape == x.shape
        assert (x[:, 0] + sinusoidal(5, 8, device)).shape == (2, 5, 8)
