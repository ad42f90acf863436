"""Our T5 is the reference's, padding included, at distances near and far."""

from functools import partial

import pytest
import torch
import transformers
from torch.testing import assert_close
from transformers.models.t5.modeling_t5 import T5Attention as TheirAttention

from torchbook.layers import rms_norm
from torchbook.positions import DistanceBias, distance_bucket
from torchbook.t5 import T5, T5Config

CONFIG = T5Config(vocab_size=50, d_model=24, n_head=3, n_layer=2)
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-10}
NAMES = {
    "shared": "embed",
    "block.": "blocks.",
    "layer.0.SelfAttention.relative_attention_bias": "distance.table",
    "layer.0.SelfAttention": "attention",
    "layer.0.layer_norm": "attention_norm",
    "layer.1.EncDecAttention": "cross",
    "attention.o.": "attention.out.",
    "cross.o.": "cross.out.",
    "DenseReluDense.wi": "feed_forward.0",
    "DenseReluDense.wo": "feed_forward.2",
    "final_layer_norm": "norm",
    "blocks.0.distance": "distance",
}


def ours_and_theirs(dtype: torch.dtype):
    """A random T5 of `transformers`, and ours with the same weights."""
    theirs = transformers.T5ForConditionalGeneration(
        transformers.T5Config(
            vocab_size=CONFIG.vocab_size,
            d_model=CONFIG.d_model,
            d_kv=CONFIG.d_model // CONFIG.n_head,
            d_ff=4 * CONFIG.d_model,
            num_layers=CONFIG.n_layer,
            num_heads=CONFIG.n_head,
            decoder_start_token_id=0,
        )
    )
    with torch.no_grad():
        for weight in theirs.parameters():  # norms, too, unlike at the start of a training
            weight.normal_(std=0.3)
    weights = {}
    for name, weight in theirs.state_dict().items():
        if "embed_tokens" in name or "lm_head" in name:
            continue  # two more names of the table of embeddings
        for their_name, our_name in NAMES.items():
            name = name.replace(their_name, our_name)
        last = name.startswith("decoder")  # the layer of the feed-forward: 2, in the encoder 1
        name = name.replace(f"layer.{1 + last}.layer_norm", "feed_forward_norm")
        name = name.replace("layer.1.layer_norm", "cross_norm")
        weights[name.replace("layer.1.", "").replace("layer.2.", "")] = weight
    for name in list(weights):
        if name.endswith(".k.weight"):
            parts = [weights.pop(name), weights.pop(name.replace(".k.", ".v."))]
            weights[name.replace(".k.", ".kv.")] = torch.cat(parts)
    for module in theirs.modules():
        if type(module).__name__ == "T5LayerNorm":  # computes in float32, whatever it is given
            module.forward = partial(rms_norm, weight=module.weight)
    ours = T5(CONFIG)
    ours.load_state_dict(weights)
    return ours.to(dtype).eval(), theirs.to(dtype).eval()


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@torch.no_grad()
def test_the_logits_are_those_of_transformers(dtype):
    ours, theirs = ours_and_theirs(dtype)
    ids, targets_in = torch.randint(50, (2, 200)), torch.randint(50, (2, 150))  # beyond 128
    expected = theirs(input_ids=ids, decoder_input_ids=targets_in).logits
    assert expected.std() > 0.03
    assert_close(ours(ids, targets_in), expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("n_bucket", [8, 16, 32])
def test_buckets_of_distances_are_those_of_transformers(n_bucket):
    distances = torch.arange(300)
    theirs = TheirAttention._relative_position_bucket(-distances, False, n_bucket, 128)
    assert distance_bucket(distances, n_bucket).tolist() == theirs.tolist()


@pytest.mark.parametrize("causal", [False, True])
def test_the_bias_depends_on_distance_and_tells_ahead_from_behind(causal):
    bias = DistanceBias(n_head=2, causal=causal)(Tq=6, Tk=6)[0]  # (H, Tq, Tk)
    for head in bias:
        for k in range(-5, 6):
            assert len(head.diagonal(k).unique()) == 1
    ahead = torch.ones(6, 6).triu(1).bool()
    if causal:
        assert (bias[:, ahead] == -torch.inf).all()
        assert bias[:, ~ahead].isfinite().all()
    else:
        assert not torch.isclose(bias, bias.transpose(1, 2))[:, ahead].any()


@torch.no_grad()
def test_scores_start_neither_sharp_nor_flat():
    config = T5Config(vocab_size=50, d_model=256, n_head=4, n_layer=1)
    layer, x = T5(config).encoder.blocks[0].attention, torch.randn(100, 256)
    q, (k, _) = layer.q(x), layer.kv(x).chunk(2, dim=-1)  # (100, C) each
    scores = q[:, :64] @ k[:, :64].T  # of the first head, not divided
    assert 0.7 < scores.std() < 1.3


def test_heads_must_divide():
    with pytest.raises(ValueError, match="d_model=10 is not a multiple of n_head=4"):
        T5(T5Config(vocab_size=10, d_model=10, n_head=4, n_layer=1))
