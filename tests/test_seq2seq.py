"""Our encoder-decoder is BART, padding and caches included."""

from dataclasses import replace

import pytest
import torch
import transformers
from torch.testing import assert_close
from transformers.models.bart.modeling_bart import shift_tokens_right

from torchbook.encoder_decoder import shift_right
from torchbook.seq2seq import Seq2Seq, Seq2SeqConfig

CONFIG = Seq2SeqConfig(vocab_size=50, context_length=16, d_model=24, n_head=3, n_layer=2)
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-10}
NAMES = {
    "model.": "",
    "shared": "embed",
    "embed_positions": "position",
    "layernorm_embedding": "norm",
    "layers": "blocks",
    "self_attn_layer_norm": "attention_norm",
    "encoder_attn_layer_norm": "cross_norm",
    "final_layer_norm": "feed_forward_norm",
    "self_attn": "attention",
    "encoder_attn": "cross",
    "q_proj": "q",
    "out_proj": "out",
    "fc1": "feed_forward.up",
    "fc2": "feed_forward.down",
}


def ours_and_theirs(dtype: torch.dtype):
    """A random BART of `transformers`, and ours with the same weights."""
    theirs = transformers.BartForConditionalGeneration(
        transformers.BartConfig(
            vocab_size=CONFIG.vocab_size,
            max_position_embeddings=CONFIG.context_length,
            d_model=CONFIG.d_model,
            encoder_layers=CONFIG.n_layer,
            decoder_layers=CONFIG.n_layer,
            encoder_attention_heads=CONFIG.n_head,
            decoder_attention_heads=CONFIG.n_head,
            encoder_ffn_dim=4 * CONFIG.d_model,
            decoder_ffn_dim=4 * CONFIG.d_model,
            pad_token_id=1,
            eos_token_id=2,
            forced_eos_token_id=None,
            decoder_start_token_id=2,
        )
    )
    with torch.no_grad():
        for weight in theirs.parameters():  # norms and biases, too, unlike at the start
            weight.normal_(std=0.3)
    weights = {}
    for name, weight in theirs.state_dict().items():
        if name == "final_logits_bias" or "embed_tokens" in name or "lm_head" in name:
            continue  # zeros, and two more names of the table of embeddings
        for their_name, our_name in NAMES.items():
            name = name.replace(their_name, our_name)
        weights[name] = weight[2:] if "position" in name else weight  # BART's first two stay unused
    for name in list(weights):
        if "attention.k_proj" in name:
            parts = [name.replace("k_proj", part) for part in ("q", "k_proj", "v_proj")]
            weights[name.replace("k_proj", "qkv")] = torch.cat([weights.pop(p) for p in parts])
        elif "cross.k_proj" in name:
            parts = [name, name.replace("k_proj", "v_proj")]
            weights[name.replace("k_proj", "kv")] = torch.cat([weights.pop(p) for p in parts])
    ours = Seq2Seq(CONFIG)
    ours.load_state_dict(weights)
    return ours.to(dtype).eval(), theirs.to(dtype).eval()


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@torch.no_grad()
def test_the_logits_are_those_of_transformers(dtype):
    ours, theirs = ours_and_theirs(dtype)
    ids, targets_in = torch.randint(50, (3, 12)), torch.randint(50, (3, 9))
    expected = theirs(input_ids=ids, decoder_input_ids=targets_in).logits
    assert expected.std() > 0.1
    assert_close(ours(ids, targets_in), expected, rtol=0, atol=TOLERANCE[dtype])


@torch.no_grad()
def test_greedy_and_beam_search_are_those_of_transformers():
    from torchbook.beam import beam_search
    from torchbook.encoder_decoder import Given
    from torchbook.generate import generate

    ours, theirs = ours_and_theirs(torch.float64)
    ids = torch.randint(3, 50, (1, 12))
    given = Given(ours, ids)
    common = {"max_new_tokens": 10, "do_sample": False, "pad_token_id": 1, "eos_token_id": 2}
    greedy = theirs.generate(ids, num_beams=1, **common)[0].tolist()
    assert generate(given, [[2]], max_new_tokens=10, end=2)[0] == greedy
    beams = theirs.generate(ids, num_beams=3, length_penalty=1.0, **common)[0].tolist()
    assert beam_search(given, [2], max_new_tokens=10, beams=3, end=2) == beams


def test_targets_are_shifted_as_in_transformers():
    targets = torch.randint(3, 50, (4, 6))
    theirs = shift_tokens_right(targets, pad_token_id=1, decoder_start_token_id=2)
    assert shift_right(targets, start=2).tolist() == theirs.tolist()
    targets[:, 4:] = -100
    theirs = shift_tokens_right(targets, pad_token_id=2, decoder_start_token_id=2)
    assert shift_right(targets, start=2).tolist() == theirs.tolist()


def test_dropout_acts_in_training_only():
    model = Seq2Seq(replace(CONFIG, p_drop=0.5))
    drops = [module for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    assert [drop.p for drop in drops] == [0.5] * 2 * (1 + CONFIG.n_layer)
    entered = []
    for stack in (model.encoder, model.decoder):
        stack.blocks[0].register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))
    ids, targets_in = torch.randint(50, (2, 6)), torch.randint(50, (2, 5))
    assert not torch.allclose(model(ids, targets_in), model(ids, targets_in))
    for x in entered:
        assert 0.2 < (x == 0).double().mean() < 0.8  # dropped after the norm, as in BART
    model.eval()
    assert_close(model(ids, targets_in), model(ids, targets_in), rtol=0, atol=0)


def test_heads_must_divide():
    with pytest.raises(ValueError, match="d_model=10 is not a multiple of n_head=4"):
        Seq2SeqConfig(vocab_size=10, context_length=8, d_model=10, n_head=4, n_layer=1)
