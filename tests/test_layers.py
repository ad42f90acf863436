"""The norms are PyTorch's, and the block is PyTorch's encoder and decoder layer."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaMLP

from torchbook.attention import Cache, causal_mask
from torchbook.layers import Block, FeedForward, SwiGLU, initialize, layer_norm, rms_norm

SHAPES = st.lists(st.integers(1, 4), max_size=2).map(tuple)
few = settings(max_examples=15, derandomize=True, deadline=None)


@few
@given(shape=SHAPES, C=st.integers(2, 9), eps=st.sampled_from([1e-5, 1e-12, 0.1]))
def test_layer_norm_is_pytorchs(shape, C, eps):
    x, weight, bias = 3 + torch.randn(*shape, C).double(), *torch.randn(2, C).double()
    expected = F.layer_norm(x, (C,), weight, bias, eps)
    assert_close(layer_norm(x, weight, bias, eps), expected, rtol=0, atol=1e-10)


@few
@given(shape=SHAPES, C=st.integers(2, 9), eps=st.sampled_from([1e-6, 0.1]))
def test_rms_norm_is_pytorchs(shape, C, eps):
    x, weight = 3 + torch.randn(*shape, C).double(), torch.randn(C).double()
    assert_close(rms_norm(x, weight, eps), F.rms_norm(x, (C,), weight, eps), rtol=0, atol=1e-10)


def test_gradients_of_the_norms_match_finite_differences():
    x, weight, bias = torch.randn(3, 5, dtype=torch.float64, requires_grad=True).unbind()
    assert torch.autograd.gradcheck(layer_norm, (x, weight, bias))
    assert torch.autograd.gradcheck(rms_norm, (x, weight))


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_feed_forward_treats_each_position_by_itself(approximate):
    layer, x = FeedForward(4, 16, approximate), torch.randn(2, 3, 4)
    each = [layer(x[:, t : t + 1]) for t in range(3)]
    assert_close(layer(x), torch.cat(each, dim=1))
    hidden = F.gelu(F.linear(x, layer.up.weight, layer.up.bias), approximate=approximate)
    assert_close(layer(x), F.linear(hidden, layer.down.weight, layer.down.bias))


def test_swiglu_is_llamas():
    config = LlamaConfig(hidden_size=8, num_attention_heads=2, intermediate_size=20)
    theirs, ours = LlamaMLP(config), SwiGLU(8, 20)
    ours.load_state_dict({k.replace("_proj", ""): v for k, v in theirs.state_dict().items()})
    x = torch.randn(2, 3, 8)
    assert_close(ours(x), theirs(x), rtol=0, atol=1e-6)


def copy_to_pytorch(ours: Block, theirs: nn.Module) -> None:
    """Give PyTorch's layer the weights of ours, under its names."""
    norms = [ours.attention_norm, ours.cross_norm, ours.feed_forward_norm]
    parts = {
        theirs.linear1: ours.feed_forward.up,
        theirs.linear2: ours.feed_forward.down,
        theirs.self_attn.out_proj: ours.attention.out,
    }
    inputs = [(theirs.self_attn, [ours.attention.qkv])]
    if ours.cross is not None:
        parts[theirs.multihead_attn.out_proj] = ours.cross.out
        inputs.append((theirs.multihead_attn, [ours.cross.q, ours.cross.kv]))
    for i, norm in enumerate(filter(None, norms), start=1):
        parts[getattr(theirs, f"norm{i}")] = norm
    for module, source in parts.items():
        module.load_state_dict(source.state_dict())
    with torch.no_grad():
        for module, sources in inputs:
            module.in_proj_weight.copy_(torch.cat([s.weight for s in sources]))
            module.in_proj_bias.copy_(torch.cat([s.bias for s in sources]))


def random_block(dtype=torch.float64, **options) -> Block:
    block = Block(12, 3, d_ff=20, **options).to(dtype)
    for parameter in block.parameters():
        nn.init.normal_(parameter, std=0.3)
    return block


@pytest.mark.parametrize("pre_norm", [False, True])
def test_an_encoder_block_is_pytorchs_encoder_layer(pre_norm):
    options = {"activation": "gelu", "batch_first": True, "norm_first": pre_norm}
    theirs = nn.TransformerEncoderLayer(12, 3, 20, 0.0, dtype=torch.float64, **options)
    ours = random_block(causal=False, pre_norm=pre_norm)
    copy_to_pytorch(ours, theirs)
    x, real = torch.randn(2, 5, 12).double(), torch.arange(5) < torch.tensor([[5], [3]])
    expected = theirs(x, src_key_padding_mask=~real)
    assert_close(ours(x, real[:, None, None]), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("pre_norm", [False, True])
def test_a_decoder_block_is_pytorchs_decoder_layer(pre_norm):
    options = {"activation": "gelu", "batch_first": True, "norm_first": pre_norm}
    theirs = nn.TransformerDecoderLayer(12, 3, 20, 0.0, dtype=torch.float64, **options)
    ours = random_block(causal=True, cross=True, pre_norm=pre_norm)
    copy_to_pytorch(ours, theirs)
    x, source = torch.randn(2, 5, 12).double(), torch.randn(2, 7, 12).double()
    real = torch.arange(7) < torch.tensor([[7], [3]])
    expected = theirs(x, source, tgt_mask=~causal_mask(5), memory_key_padding_mask=~real)
    result = ours(x, source=source, source_mask=real[:, None, None])
    assert_close(result, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("cross", [False, True])
def test_a_cache_changes_nothing(cross):
    block, x = random_block(causal=True, cross=cross), torch.randn(2, 6, 12).double()
    source = torch.randn(2, 3, 12).double() if cross else None
    cache = Cache(), Cache()
    parts = [block(piece, None, source, cache=cache) for piece in x.split([3, 1, 2], dim=1)]
    assert_close(torch.cat(parts, dim=1), block(x, None, source), rtol=0, atol=1e-10)


def test_dropout_is_for_training_only():
    block, x = Block(8, 2, causal=True, p_drop=0.5), torch.randn(1, 6, 8)
    assert not torch.equal(block.train()(x), block(x))
    assert torch.equal(block.eval()(x), block(x))


def test_initial_weights_are_small_and_biases_zero():
    model = nn.Sequential(nn.Embedding(500, 40), nn.LayerNorm(40), nn.Linear(40, 500, bias=False))
    model.append(nn.Linear(500, 40))
    initialize(model, std=0.1)
    for layer in (model[0], model[2], model[3]):
        assert layer.weight.std().item() == pytest.approx(0.1, rel=0.05)
        assert layer.weight.mean().abs() < 0.01
    assert model[3].bias.count_nonzero() == 0
    assert_close(model[1].weight, torch.ones(40))


def test_a_gelu_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"approximate='sigmoid'.*'none' or 'tanh'"):
        FeedForward(4, 16, "sigmoid")


def test_nothing_is_made_on_the_cpu():
    with refuse_cpu() as device:
        x, real = torch.randn(2, 5, 8, device=device), torch.ones(2, 1, 1, 5, device=device).bool()
        block = Block(8, 2, causal=True, cross=True, p_drop=0.1).to(device)
        assert block(x, real, x, real, (Cache(), Cache())).shape == x.shape
        assert SwiGLU(8, 20).to(device)(x).shape == x.shape
        weight = torch.ones(8, device=device)
        assert layer_norm(x, weight, weight).shape == rms_norm(x, weight).shape == x.shape
        initialize(block)
