"""GPT equals transformers' GPT-2, x-transformers' decoder, and forty lines of NumPy."""

import math
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close
from transformers import GPT2Config, GPT2LMHeadModel

from torchbook.gpt import GPT, GPTConfig

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its imports use what their own packages have deprecated
    from x_transformers import Decoder, TransformerWrapper

SMALL = GPTConfig(vocab_size=17, context_length=12, d_model=16, n_head=4, n_layer=3)
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-10}
both = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)


def random_gpt(dtype: torch.dtype = torch.float64, config: GPTConfig = SMALL) -> GPT:
    """A GPT whose every parameter is random, norms and biases too, and not small."""
    with torch.device("cpu"):  # everywhere the same
        model = GPT(config).to(dtype).eval()
        for name, parameter in model.named_parameters():
            nn.init.normal_(parameter, mean=float("norm.weight" in name), std=0.3)
    return model.to(torch.get_default_device())


def random_ids(B: int = 3, T: int = 9) -> torch.Tensor:
    return torch.randint(SMALL.vocab_size, (B, T))


def left_padded(T: int = 9) -> torch.Tensor:
    return torch.arange(T) >= torch.tensor([[0], [2], [T - 1]])


def as_gpt2(model: GPT) -> GPT2LMHeadModel:
    """transformers' GPT-2 with the weights of ours; its linear layers are transposed."""
    c = model.config
    theirs = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=c.vocab_size,
            n_positions=c.context_length,
            n_embd=c.d_model,
            n_head=c.n_head,
            n_layer=c.n_layer,
            bos_token_id=0,
            eos_token_id=0,
        )
    )
    names = {
        "embed": "wte",
        "position": "wpe",
        "norm": "ln_f",
        "blocks": "h",
        "attention_norm": "ln_1",
        "attention.qkv": "attn.c_attn",
        "attention.out": "attn.c_proj",
        "feed_forward_norm": "ln_2",
        "feed_forward.up": "mlp.c_fc",
        "feed_forward.down": "mlp.c_proj",
    }
    weights = {}
    for name, weight in model.state_dict().items():
        *path, kind = name.split(".")
        head, part = path[:2], ".".join(path[2:])
        new = ".".join([names[head[0]], *head[1:], *([names[part]] if part else []), kind])
        weights["transformer." + new] = weight.T if "c_" in new and kind == "weight" else weight
    weights["lm_head.weight"] = model.embed.weight
    theirs.to(model.embed.weight.dtype).load_state_dict(weights)
    return theirs.eval()


@both
def test_logits_equal_those_of_transformers(dtype):
    model, ids = random_gpt(dtype), random_ids()
    expected = as_gpt2(model)(ids).logits
    assert_close(model(ids), expected, rtol=0, atol=TOLERANCE[dtype])


@both
def test_padded_logits_equal_those_of_transformers(dtype):
    model, ids, real = random_gpt(dtype), random_ids(), left_padded()
    places = (real.cumsum(dim=1) - 1).clamp(min=0)
    expected = as_gpt2(model)(ids, attention_mask=real.long(), position_ids=places).logits
    assert_close(model(ids, real)[real], expected[real], rtol=0, atol=TOLERANCE[dtype])


def test_gradients_equal_those_of_transformers():
    model, ids = random_gpt(), random_ids()
    theirs = as_gpt2(model)
    for logits in (model(ids), theirs(ids).logits):
        F.cross_entropy(logits.flatten(0, 1), ids.flatten()).backward()
    ours, hers = model.blocks[0].attention.qkv, theirs.transformer.h[0].attn.c_attn
    assert_close(ours.weight.grad, hers.weight.grad.T, rtol=0, atol=1e-10)
    assert_close(ours.bias.grad, hers.bias.grad, rtol=0, atol=1e-10)
    tied = theirs.transformer.wte.weight.grad
    assert_close(model.embed.weight.grad, tied, rtol=0, atol=1e-10)


@both
def test_logits_equal_those_of_x_transformers(dtype):
    c, model = SMALL, random_gpt(dtype)
    layers = Decoder(
        dim=c.d_model,
        depth=c.n_layer,
        heads=c.n_head,
        attn_dim_head=c.d_model // c.n_head,
        attn_flash=True,  # its own softmax is in float32
        ff_custom_activation=nn.GELU("tanh"),
    )
    theirs = TransformerWrapper(
        num_tokens=c.vocab_size,
        max_seq_len=c.context_length,
        attn_layers=layers,
    )
    theirs.to(dtype).eval()
    with torch.no_grad():  # where it has no bias, neither has ours
        for block in model.blocks:
            for bias in (block.attention.qkv.bias, block.attention.out.bias):
                bias.zero_()
        for norm in (m for m in model.modules() if isinstance(m, nn.LayerNorm)):
            norm.bias.zero_()
    theirs.token_emb.emb.weight.data = theirs.to_logits.weight.data = model.embed.weight.data
    # it multiplies the learned positions by 1 / sqrt(C)
    theirs.pos_emb.emb.weight.data = model.position.weight.data * math.sqrt(c.d_model)
    # and keeps the weights of norms less 1
    for block, (a_norm, attention, _), (f_norm, feed, _) in zip(
        model.blocks, layers.layers[::2], layers.layers[1::2], strict=True
    ):
        parts = block.attention.qkv.weight.data.chunk(3)
        for name, part in zip(("to_q", "to_k", "to_v"), parts, strict=True):
            getattr(attention, name).weight.data = part
        attention.to_out.weight.data = block.attention.out.weight.data
        for norm, ours in ((a_norm[0], block.attention_norm), (f_norm[0], block.feed_forward_norm)):
            norm.gamma.data = ours.weight.data - 1.0
        up, down = (m for m in feed.modules() if isinstance(m, nn.Linear))
        up.load_state_dict(block.feed_forward.up.state_dict())
        down.load_state_dict(block.feed_forward.down.state_dict())
    layers.final_norm.gamma.data = model.norm.weight.data - 1.0
    ids = random_ids()
    assert_close(model(ids), theirs(ids), rtol=0, atol=TOLERANCE[dtype])


def numpy_gpt(weights: dict[str, np.ndarray], ids: np.ndarray, n_head: int) -> np.ndarray:
    """The same model without PyTorch: ids (T) -> logits (T, V)."""

    def linear(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        return (
            centred / np.sqrt(variance + 1e-5) * weights[f"{name}.weight"] + weights[f"{name}.bias"]
        )

    def softmax(scores):
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def gelu(x):
        return x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2

    def attention(x, name):
        q, k, v = np.split(linear(x, f"{name}.qkv"), 3, axis=-1)
        future = np.triu(np.full((len(x), len(x)), -np.inf), k=1)
        heads = zip(*(np.split(part, n_head, axis=-1) for part in (q, k, v)), strict=True)
        averages = [softmax(q @ k.T / np.sqrt(q.shape[-1]) + future) @ v for q, k, v in heads]
        return linear(np.concatenate(averages, axis=-1), f"{name}.out")

    def feed_forward(x, name):
        return linear(gelu(linear(x, f"{name}.up")), f"{name}.down")

    x = weights["embed.weight"][ids] + weights["position.weight"][: len(ids)]
    for i in range(sum("qkv.weight" in name for name in weights)):
        block = f"blocks.{i}"
        x = x + attention(norm(x, f"{block}.attention_norm"), f"{block}.attention")
        x = x + feed_forward(norm(x, f"{block}.feed_forward_norm"), f"{block}.feed_forward")
    return norm(x, "norm") @ weights["embed.weight"].T


@both
def test_logits_equal_those_of_numpy(dtype):
    model, ids = random_gpt(dtype), random_ids(B=1)
    weights = {name: weight.cpu().numpy() for name, weight in model.state_dict().items()}
    expected = torch.from_numpy(numpy_gpt(weights, ids[0].cpu().numpy(), SMALL.n_head))
    assert_close(model(ids)[0].cpu(), expected.to(dtype), rtol=0, atol=TOLERANCE[dtype])


def test_the_first_loss_is_about_log_v():
    model = GPT(GPTConfig(vocab_size=500, context_length=32, d_model=64, n_head=4, n_layer=4))
    ids, targets = torch.randint(500, (2, 4, 32)).unbind()
    loss = F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
    assert loss.item() == pytest.approx(math.log(500), abs=0.1)


def test_weights_that_write_to_the_stream_start_smaller():
    model = GPT(GPTConfig(vocab_size=50, context_length=8, d_model=128, n_head=4, n_layer=8))
    for name, weight in model.named_parameters():
        if name.endswith(("out.weight", "down.weight")):
            assert weight.std().item() == pytest.approx(0.02 / 4, rel=0.05)
        elif name.endswith(("qkv.weight", "up.weight", "embed.weight")):
            assert weight.std().item() == pytest.approx(0.02, rel=0.05)
        elif name.endswith("bias"):
            assert weight.count_nonzero() == 0


def test_one_batch_can_be_overfitted():
    model, ids = GPT(SMALL), random_ids(B=2, T=10)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(80):
        loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.3  # the first tokens are random, and are the same in neither row


def test_the_future_is_hidden():
    model, ids = random_gpt(), random_ids()
    changed = ids.clone()
    changed[:, 5:] = (ids[:, 5:] + 1) % SMALL.vocab_size
    assert_close(model(changed)[:, :5], model(ids)[:, :5])
    assert not torch.allclose(model(changed)[:, 5:], model(ids)[:, 5:])


def test_padding_on_the_left_changes_nothing():
    model, ids, real = random_gpt(), random_ids(), left_padded()
    logits = model(ids, real)
    assert logits.isfinite().all()
    for row, text, is_real in zip(logits, ids, real, strict=True):
        assert_close(row[is_real], model(text[None, is_real])[0])


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("pieces", [[1] * 9, [4, 1, 4]], ids=str)
def test_a_cache_changes_nothing(pieces, padded):
    model, ids = random_gpt(), random_ids()
    real = left_padded() if padded else None
    cache, done, parts = model.new_cache(), 0, []
    for piece in ids.split(pieces, dim=1):
        done += piece.size(1)
        parts.append(model(piece, None if real is None else real[:, :done], cache))
    expected = model(ids, real)
    keep = slice(None) if real is None else real
    assert_close(torch.cat(parts, dim=1)[keep], expected[keep], rtol=0, atol=1e-10)


def test_embeddings_are_tied_to_the_last_layer():
    model = GPT(SMALL)
    C, F_, V, T, L = 16, 64, 17, 12, 3
    block = 3 * C * C + 3 * C + C * C + C + 2 * F_ * C + F_ + C + 4 * C
    assert sum(p.numel() for p in model.parameters()) == V * C + T * C + L * block + 2 * C


def test_dropout_is_for_training_only():
    model, ids = GPT(GPTConfig(**vars(SMALL) | {"p_drop": 0.5})), random_ids()
    assert not torch.equal(model.train()(ids), model(ids))
    assert torch.equal(model.eval()(ids), model(ids))


def test_heads_must_divide_d_model():
    with pytest.raises(ValueError, match=r"d_model=16 .*n_head=3: choose heads"):
        GPTConfig(**vars(SMALL) | {"n_head": 3})


def test_bad_ids_are_refused_with_the_cure():
    model = GPT(SMALL)
    with pytest.raises(ValueError, match=r"13 positions, but context_length=12"):
        model(random_ids(T=13))
    cache = model.new_cache()
    model(random_ids(T=12), cache=cache)
    with pytest.raises(ValueError, match=r"13 positions, but context_length=12"):
        model(random_ids(T=1), cache=cache)
    for shape in [(0, 3), (3, 0), (3,), (2, 3, 4)]:
        with pytest.raises(ValueError, match=r"ids of shape \(.*give \(B, T\), one token or more"):
            model(torch.zeros(shape, dtype=torch.int64))
    for outside in (-1, 17):
        with torch.device("cpu"), pytest.raises(IndexError):  # a GPU would be lost to all tests
            GPT(SMALL)(torch.tensor([[3, outside]]))


def test_bad_masks_are_refused_with_the_cure():
    model, ids = GPT(SMALL), random_ids()
    with pytest.raises(ValueError, match=r"the mask is torch.int64: make it bool"):
        model(ids, torch.ones(3, 9, dtype=torch.int64))
    for shape in [(3, 8), (9,), (1, 9), (3, 1, 9)]:
        with pytest.raises(ValueError, match=r"a mask of shape \(.*give \(3, 9\)"):
            model(ids, torch.ones(shape, dtype=torch.bool))


def test_nothing_is_made_on_the_cpu():
    with refuse_cpu() as device:
        model = GPT(GPTConfig(**vars(SMALL) | {"p_drop": 0.1})).to(device)
        ids = torch.zeros(2, 5, dtype=torch.int64, device=device)
        real, cache = torch.ones(2, 5, dtype=torch.bool, device=device), model.new_cache()
        assert model(ids).shape == model(ids, real).shape == (2, 5, 17)
        assert model(ids[:, :3], cache=cache).shape == (2, 3, 17)
        assert model(ids[:, 3:], real, cache).shape == (2, 2, 17)
