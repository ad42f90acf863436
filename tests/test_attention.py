"""Attention agrees with PyTorch's own, hides the future, and ignores padding and order."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close

from torchbook.attention import (
    Cache,
    CrossAttention,
    HeadsInALoop,
    SelfAttention,
    attend,
    attention_weights,
    causal_mask,
)

SMALL = st.integers(1, 4)
few = settings(max_examples=15, derandomize=True, deadline=None)


def random_mask(*shape: int) -> torch.Tensor:
    """Which keys each query may attend to: at random, and at least the first."""
    mask = torch.rand(shape) < 0.5
    mask[..., 0] = True
    return mask


@few
@given(B=SMALL, H=SMALL, Tq=SMALL, Tk=SMALL, D=SMALL, masked=st.booleans())
def test_weights_and_their_average_agree_with_pytorch(B, H, Tq, Tk, D, masked):
    q, k = torch.randn(B, H, Tq, D).double(), torch.randn(B, H, Tk, D).double()
    mask = random_mask(B, 1, Tq, Tk) if masked else None
    weights = attention_weights(q, k, mask)
    assert_close(weights.sum(dim=-1), torch.ones(B, H, Tq).double())
    expected = F.scaled_dot_product_attention(q, k, k, mask)
    assert_close(weights @ k, expected, rtol=0, atol=1e-10)
    assert_close(attend(q, k, k, mask), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("Tq", "Tk"), [(5, 5), (2, 5), (1, 5), (1, 1)])
def test_causal_queries_are_the_last_of_the_positions(Tq, Tk, masked):
    q, k, v = torch.randn(3, 2, 4, Tk, 8).double()
    mask = torch.arange(Tk) >= torch.tensor([0, Tk // 2]).view(2, 1, 1, 1) if masked else None
    seen = causal_mask(Tk) if mask is None else causal_mask(Tk) & mask
    expected = attention_weights(q, k, seen) @ v
    result = attend(q[..., -Tq:, :], k, v, mask, causal=True)
    assert_close(result, expected[..., -Tq:, :], rtol=0, atol=1e-10)


def test_grouped_queries_are_repeated_heads():
    q, k, v = torch.randn(2, 6, 5, 8), torch.randn(2, 2, 5, 8), torch.randn(2, 2, 5, 8)
    every = [heads.repeat_interleave(3, dim=1) for heads in (k, v)]
    assert_close(attend(q, k, v, causal=True), attend(q, *every, causal=True))


def test_a_row_that_is_all_masked_gives_zeros_and_no_nan_in_the_gradient():
    q, k, v = torch.randn(3, 2, 1, 4, 8).unbind()
    mask = random_mask(2, 1, 4, 4)
    mask[0, 0, 2] = False
    for average in (lambda *a: attention_weights(*a[:2], a[3]) @ a[2], attend):
        q = q.detach().requires_grad_()
        y = average(q, k, v, mask)
        y.sum().backward()
        assert y[0, 0, 2].count_nonzero() == 0
        assert q.grad.isfinite().all()
        assert y.count_nonzero() == y.numel() - 8


def test_self_attention_is_heads_in_a_loop():
    loop, fused = HeadsInALoop(12, 3).double(), SelfAttention(12, 3, causal=False).double()
    with torch.no_grad():
        for name in ("weight", "bias"):
            parts = [getattr(getattr(h, part), name) for part in "qkv" for h in loop.heads]
            getattr(fused.qkv, name).copy_(torch.cat(parts))
            getattr(fused.out, name).copy_(getattr(loop.out, name))
    x, mask = torch.randn(2, 5, 12).double(), random_mask(2, 5, 5)
    assert_close(fused(x, mask[:, None]), loop(x, mask), rtol=0, atol=1e-10)
    assert_close(fused(x), loop(x), rtol=0, atol=1e-10)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_self_attention_is_pytorchs_multihead_attention(dtype):
    theirs = nn.MultiheadAttention(12, 3, batch_first=True, dtype=dtype)
    ours = SelfAttention(12, 3, causal=True).to(dtype)
    nn.init.normal_(theirs.in_proj_bias)
    ours.qkv.load_state_dict({"weight": theirs.in_proj_weight, "bias": theirs.in_proj_bias})
    ours.out.load_state_dict(theirs.out_proj.state_dict())
    x, real = torch.randn(2, 5, 12, dtype=dtype), torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    real = real.bool()  # in MultiheadAttention True means the opposite: hidden
    y, _ = theirs(x, x, x, key_padding_mask=~real, attn_mask=~causal_mask(5))
    tolerance = 1e-4 if dtype == torch.float32 else 1e-10
    assert_close(ours(x, real[:, None, None]), y, rtol=0, atol=tolerance)


def test_cross_attention_is_pytorchs_multihead_attention():
    theirs = nn.MultiheadAttention(12, 3, batch_first=True, dtype=torch.float64)
    ours = CrossAttention(12, 3).double()
    weight, bias = theirs.in_proj_weight, nn.init.normal_(theirs.in_proj_bias)
    ours.q.load_state_dict({"weight": weight[:12], "bias": bias[:12]})
    ours.kv.load_state_dict({"weight": weight[12:], "bias": bias[12:]})
    ours.out.load_state_dict(theirs.out_proj.state_dict())
    x, source = torch.randn(2, 4, 12).double(), torch.randn(2, 6, 12).double()
    real = torch.arange(6) < torch.tensor([[6], [3]])
    y, _ = theirs(x, source, source, key_padding_mask=~real)
    assert_close(ours(x, source, real[:, None, None]), y, rtol=0, atol=1e-10)


def test_causal_attention_hides_the_future():
    layer, x = SelfAttention(d_model=8, n_head=2, causal=True), torch.randn(1, 6, 8)
    changed = x.clone()
    changed[:, 4:] += 1.0
    assert_close(layer(x)[:, :4], layer(changed)[:, :4])
    assert not torch.allclose(layer(x)[:, 4:], layer(changed)[:, 4:])


def test_unmasked_attention_is_permutation_equivariant():
    layer, x, order = SelfAttention(8, 2, causal=False), torch.randn(2, 6, 8), torch.randperm(6)
    assert_close(layer(x[:, order]), layer(x)[:, order])


@pytest.mark.parametrize("causal", [False, True])
def test_padding_on_the_left_changes_nothing(causal):
    layer, x = SelfAttention(8, 2, causal=causal), torch.randn(1, 6, 8)
    real = torch.tensor([False] * 2 + [True] * 4).view(1, 1, 1, 6)
    assert_close(layer(x, real)[:, 2:], layer(x[:, 2:]))


@pytest.mark.parametrize("pieces", [[1] * 6, [3, 3], [4, 1, 1], [6]], ids=str)
def test_a_cache_changes_nothing(pieces):
    layer, x = SelfAttention(8, 2, causal=True), torch.randn(3, 6, 8)
    real = (torch.arange(6) >= torch.tensor([[0], [1], [5]]))[:, None, None]
    cache, done, parts = Cache(), 0, []
    for piece in x.split(pieces, dim=1):
        done += piece.size(1)
        parts.append(layer(piece, real[..., :done], cache))
        assert len(cache) == done
    assert_close(torch.cat(parts, dim=1), layer(x, real))


def test_the_source_is_read_once():
    layer, x, source = CrossAttention(8, 2), torch.randn(1, 2, 8), torch.randn(1, 5, 8)
    cache = Cache()
    assert_close(layer(x, source, cache=cache), layer(x, source))
    assert_close(layer(x, torch.zeros_like(source), cache=cache), layer(x, source))
    assert len(cache) == 5


def test_a_cache_goes_on_with_the_rows_that_are_kept():
    layer, x, rows = SelfAttention(8, 2, causal=True), torch.randn(3, 4, 8), torch.tensor([2, 0, 2])
    cache = Cache()
    cache.keep(rows)  # nothing to keep yet
    layer(x[:, :3], cache=cache)
    cache.keep(rows)
    assert_close(layer(x[rows, 3:], cache=cache), layer(x[rows])[:, 3:])


@pytest.mark.parametrize("layer", [SelfAttention(8, 2, causal=True, p_drop=0.5)], ids=["self"])
def test_dropout_is_for_training_only(layer):
    x = torch.randn(1, 6, 8)
    assert not torch.equal(layer.train()(x), layer(x))
    assert torch.equal(layer.eval()(x), layer(x))


def test_gradients_match_finite_differences():
    q, k, v = torch.randn(3, 1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    mask = causal_mask(3)
    assert torch.autograd.gradcheck(lambda q, k: attention_weights(q, k, mask), (q, k))
    assert torch.autograd.gradcheck(lambda *qkv: attend(*qkv, causal=True), (q, k, v))
    assert torch.autograd.gradcheck(lambda *qkv: attend(*qkv, mask=mask), (q, k, v))


@pytest.mark.parametrize("kind", [HeadsInALoop, SelfAttention, CrossAttention])
@pytest.mark.parametrize("n_head", [3, 0, -1, 16])
def test_heads_must_divide_d_model(kind, n_head):
    causal = {"causal": True} if kind is SelfAttention else {}
    with pytest.raises(ValueError, match=rf"d_model=8 .*n_head={n_head}.* divide it"):
        kind(8, n_head, **causal)


@pytest.mark.parametrize("average", [attend, lambda q, k, v, mask: attention_weights(q, k, mask)])
def test_a_mask_is_bool_and_fits(average):
    q, k = torch.randn(2, 3, 4, 8), torch.randn(2, 3, 5, 8)
    with pytest.raises(ValueError, match=r"the mask is torch.float32: make it bool"):
        average(q, k, k, torch.zeros(4, 5))
    for shape in [(4, 4), (5, 5), (3, 1, 1, 5), (1, 2, 3, 4, 5)]:
        with pytest.raises(ValueError, match=rf"shape \({shape[0]}.* \(2, 3, 4, 5\)"):
            average(q, k, k, torch.ones(shape, dtype=torch.bool))


def test_nothing_is_made_on_the_cpu():
    with refuse_cpu() as device:
        x, real = torch.randn(2, 4, 8, device=device), torch.ones(2, 1, 1, 4, device=device).bool()
        layer = SelfAttention(8, 2, causal=True).to(device)
        cache = Cache()
        assert layer(x, real).shape == layer(x).shape == x.shape
        assert layer(x[:, :2], real[..., :2], cache).shape == layer(x[:, 2:], real, cache).shape
        assert HeadsInALoop(8, 2).to(device)(x, causal_mask(4, device)).shape == x.shape
        assert CrossAttention(8, 2).to(device)(x, x, real).shape == x.shape
