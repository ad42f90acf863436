"""Our Llama is the reference's, with and without padding, and its cache changes nothing."""

from dataclasses import replace
from functools import partial

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch.testing import assert_close

from torchbook.layers import rms_norm
from torchbook.llama import GroupedAttention, Llama, LlamaConfig
from torchbook.positions import rotary

CONFIG = LlamaConfig(
    vocab_size=50,
    context_length=16,
    d_model=24,
    n_head=6,
    n_kv_head=2,
    n_layer=3,
    d_ff=40,
    rope_base=500.0,
)
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-10}


def ours_and_theirs(tied: bool, dtype: torch.dtype):
    """A random Llama of `transformers`, and ours with the same weights."""
    config = replace(CONFIG, tied=tied)
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.d_model,
            intermediate_size=config.d_ff,
            num_hidden_layers=config.n_layer,
            num_attention_heads=config.n_head,
            num_key_value_heads=config.n_kv_head,
            max_position_embeddings=config.context_length,
            rms_norm_eps=config.eps,
            rope_parameters={"rope_type": "default", "rope_theta": config.rope_base},
            tie_word_embeddings=tied,
        )
    )
    with torch.no_grad():
        for weight in theirs.parameters():  # norms, too, unlike at the start of a training
            weight.normal_(std=0.3)
    weights = {}
    for name, weight in theirs.state_dict().items():
        name = name.removeprefix("model.").replace("lm_head", "unembed")
        name = name.replace("embed_tokens", "embed").replace("layers.", "blocks.")
        name = name.replace("input_layernorm", "attention_norm")
        name = name.replace("post_attention_layernorm", "feed_forward_norm")
        name = name.replace("mlp.", "feed_forward.").replace("_proj", "")
        weights[name.replace("self_attn.o.", "attention.out.")] = weight
    for i in range(config.n_layer):
        parts = [weights.pop(f"blocks.{i}.self_attn.{part}.weight") for part in "qkv"]
        weights[f"blocks.{i}.attention.qkv.weight"] = torch.cat(parts)
    for module in theirs.modules():
        if type(module).__name__ == "LlamaRMSNorm":  # computes in float32, whatever it is given
            module.forward = partial(rms_norm, weight=module.weight, eps=config.eps)
    ours = Llama(config)
    ours.load_state_dict(weights)
    return ours.to(dtype).eval(), theirs.to(dtype).eval()


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("tied", [False, True], ids=["two tables", "tied"])
@torch.no_grad()
def test_the_logits_are_those_of_transformers(tied, dtype):
    ours, theirs = ours_and_theirs(tied, dtype)
    ids = torch.randint(CONFIG.vocab_size, (3, 12))
    expected = theirs(ids).logits
    assert expected.std() > 0.1
    assert_close(ours(ids), expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@torch.no_grad()
def test_with_padding_on_the_left_too(dtype):
    ours, theirs = ours_and_theirs(False, dtype)
    ids = torch.randint(CONFIG.vocab_size, (3, 12))
    mask = torch.arange(12) >= torch.tensor([[0], [5], [11]])
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    expected = theirs(ids, attention_mask=mask.long(), position_ids=positions).logits
    assert_close(ours(ids, mask)[mask], expected[mask], rtol=0, atol=TOLERANCE[dtype])


@given(lengths=st.lists(st.integers(1, 5), min_size=1, max_size=3), left=st.booleans())
@settings(max_examples=10, derandomize=True, deadline=None)
@torch.no_grad()
def test_padding_changes_nothing(lengths, left):
    model, T = Llama(CONFIG).double(), max(lengths)
    ids, places = torch.randint(CONFIG.vocab_size, (len(lengths), T)), torch.arange(T)
    real = torch.tensor(lengths)[:, None]
    mask = places >= T - real if left else places < real
    logits = model(ids, mask)
    assert logits.isfinite().all()
    for row, keep, alone in zip(logits, mask, ids, strict=True):
        assert_close(row[keep], model(alone[None, keep])[0])


@given(cuts=st.sets(st.integers(1, 11)), padded=st.booleans())
@settings(max_examples=10, derandomize=True, deadline=None)
@torch.no_grad()
def test_piece_by_piece_with_a_cache_is_all_at_once(cuts, padded):
    model, ids = Llama(CONFIG).double(), torch.randint(CONFIG.vocab_size, (2, 12))
    mask = torch.arange(12) >= torch.tensor([[0], [3]]) if padded else torch.ones(2, 12) > 0
    cache, ends, pieces = model.new_cache(), [*sorted(cuts), 12], []
    for start, end in zip([0, *ends], ends, strict=False):
        seen = mask[:, :end] if padded else None
        pieces.append(model(ids[:, start:end], seen, cache))
    assert_close(torch.cat(pieces, dim=1)[mask], model(ids, mask)[mask])


@torch.no_grad()
def test_the_future_is_hidden_and_the_past_is_not():
    model, ids = Llama(CONFIG), torch.randint(CONFIG.vocab_size, (1, 8))
    changed = ids.clone()
    changed[:, 5] = (ids[:, 5] + 1) % CONFIG.vocab_size
    same = torch.isclose(model(ids), model(changed)).all(dim=-1)
    assert same.tolist() == [[True] * 5 + [False] * 3]


@torch.no_grad()
def test_only_distances_matter_to_rotary_attention():
    layer, x = GroupedAttention(CONFIG), torch.randn(2, 5, CONFIG.d_model)
    near, far = (rotary(torch.arange(5) + shift, head_dim=4) for shift in (0, 100))
    assert_close(layer(x, near), layer(x, far), rtol=0, atol=1e-5)
    spread = rotary(torch.arange(5) * 2, head_dim=4)
    assert not torch.allclose(layer(x, near), layer(x, spread), atol=1e-3)


def test_the_cache_keeps_only_the_heads_of_keys():
    model = Llama(CONFIG)
    cache = model.new_cache()
    model(torch.zeros(2, 7, dtype=torch.int64), cache=cache)
    assert [layer.k.shape for layer in cache] == [(2, CONFIG.n_kv_head, 7, 4)] * CONFIG.n_layer


def test_tied_models_have_one_table_and_one_batch_can_be_learned():
    model = Llama(replace(CONFIG, tied=True))
    assert model.unembed.weight is model.embed.weight
    ids = torch.randint(CONFIG.vocab_size, (4, 9))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(60):
        logits = model(ids[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert abs(losses[0] - torch.tensor(CONFIG.vocab_size).log().item()) < 0.1
    assert losses[-1] < 0.2


def test_the_norm_is_the_readable_one():
    norm, x = Llama(CONFIG).norm, torch.randn(2, 3, CONFIG.d_model)
    assert_close(norm(x), rms_norm(x, norm.weight, CONFIG.eps))


IDS = torch.zeros(2, 4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("ids", "mask", "message"),
    [
        (IDS[:, :0], None, r"shape \(2, 0\)"),
        (IDS[:0], None, r"shape \(0, 4\)"),
        (IDS[0], None, r"shape \(4,\): give \(B, T\)"),
        (IDS.repeat(1, 5), None, "20 positions, but context_length=16: cut"),
        (IDS, torch.ones(2, 4), "mask is torch.float32: make it bool, True = real"),
        (IDS, torch.ones(2, 3) > 0, r"shape \(2, 3\): give \(2, 4\)"),
    ],
)
def test_bad_input_is_named(ids, mask, message):
    with pytest.raises(ValueError, match=message):
        Llama(CONFIG)(ids, mask)


def test_a_cache_counts_towards_the_context():
    model = Llama(CONFIG)
    cache = model.new_cache()
    for _ in range(4):
        model(IDS, cache=cache)
    with pytest.raises(ValueError, match="20 positions"):
        model(IDS, cache=cache)


def test_heads_must_divide():
    with pytest.raises(ValueError, match="n_head=4 is not a multiple of n_kv_head=3"):
        replace(CONFIG, n_head=4, n_kv_head=3)
    with pytest.raises(ValueError, match="d_model=10 is not a multiple of n_head=4"):
        replace(CONFIG, d_model=10, n_head=4)
    with pytest.raises(ValueError, match="3 cannot be cut into pairs"):
        rotary(torch.arange(2), head_dim=3)


def test_every_tensor_is_made_on_the_device_of_the_ids():
    with refuse_cpu() as meta:
        model = Llama(CONFIG).to(meta)
        cache = model.new_cache()
        ids = torch.zeros(2, 4, dtype=torch.int64, device=meta)
        mask = torch.ones(2, 8, dtype=torch.bool, device=meta)
        model(ids, mask[:, :4], cache)
        assert model(ids, mask, cache).shape == (2, 4, CONFIG.vocab_size)
        assert model(ids).device == meta
