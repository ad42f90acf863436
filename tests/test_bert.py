"""Our BERT and its heads are the reference's, two texts included; padding changes nothing."""

from dataclasses import replace

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch.testing import assert_close

from torchbook.bert import Bert, BertConfig, MaskedLM, SentenceClassifier, TokenClassifier

CONFIG = BertConfig(vocab_size=50, context_length=16, d_model=24, n_head=3, n_layer=3)
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-10}
NAMES = {
    "bert.bert.": "bert.",
    "embeddings.word_embeddings": "embed",
    "embeddings.position_embeddings": "position",
    "embeddings.token_type_embeddings": "token_type",
    "embeddings.LayerNorm": "norm",
    "encoder.layer": "blocks",
    "attention.output.dense": "attention.out",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "feed_forward.up",
    "output.dense": "feed_forward.down",
    "output.LayerNorm": "feed_forward_norm",
    "cls.predictions.transform.dense": "head.0",
    "cls.predictions.transform.LayerNorm": "head.2",
    "cls.predictions.bias": "bias",
    "bert.pooler.dense": "head.0",
}


def ours_and_theirs(kind, reference, dtype: torch.dtype, *n_class: int):
    """A random model of `transformers`, and ours with the same weights."""
    theirs = reference(
        transformers.BertConfig(
            vocab_size=CONFIG.vocab_size,
            hidden_size=CONFIG.d_model,
            intermediate_size=4 * CONFIG.d_model,
            num_hidden_layers=CONFIG.n_layer,
            num_attention_heads=CONFIG.n_head,
            max_position_embeddings=CONFIG.context_length,
            num_labels=(*n_class, 2)[0],
        )
    )
    with torch.no_grad():
        for weight in theirs.parameters():  # norms and biases, too, unlike at the start
            weight.normal_(std=0.3)
    weights = {}
    for name, weight in theirs.state_dict().items():
        for their_name, our_name in NAMES.items():
            name = name.replace(their_name, our_name)
        last = "head.3" if kind is SentenceClassifier else "head.1"
        weights[name.replace("classifier", last)] = weight
    prefix = "" if kind is Bert else "bert."
    for i in range(CONFIG.n_layer):
        for name in ("weight", "bias"):
            parts = [f"attention.self.{part}.{name}" for part in ("query", "key", "value")]
            parts = [weights.pop(f"{prefix}blocks.{i}.{part}") for part in parts]
            weights[f"{prefix}blocks.{i}.attention.qkv.{name}"] = torch.cat(parts)
    weights = {name: weight for name, weight in weights.items() if "decoder" not in name}  # tied
    ours = Bert(CONFIG) if kind is Bert else kind(Bert(CONFIG), *n_class)
    ours.load_state_dict(weights)
    return ours.to(dtype).eval(), theirs.to(dtype).eval()


def batch():
    """ids, a mask with padding on the right, and types: a second text from the fifth token on."""
    mask = torch.arange(12) < torch.tensor([[12], [7], [1]])
    return torch.randint(CONFIG.vocab_size, (3, 12)), mask, (torch.arange(12) >= 5).long() * mask


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@torch.no_grad()
def test_the_vectors_are_those_of_transformers(dtype):
    def reference(config):
        return transformers.BertModel(config, add_pooling_layer=False)

    ours, theirs = ours_and_theirs(Bert, reference, dtype)
    ids, mask, types = batch()
    expected = theirs(ids).last_hidden_state
    assert expected.std() > 0.1
    assert_close(ours(ids), expected, rtol=0, atol=TOLERANCE[dtype])
    expected = theirs(ids, attention_mask=mask.long(), token_type_ids=types).last_hidden_state
    assert_close(ours(ids, mask, types)[mask], expected[mask], rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(
    ("kind", "reference", "n_class"),
    [
        (MaskedLM, transformers.BertForMaskedLM, []),
        (TokenClassifier, transformers.BertForTokenClassification, [5]),
        (SentenceClassifier, transformers.BertForSequenceClassification, [4]),
    ],
)
@torch.no_grad()
def test_the_logits_of_each_head_are_those_of_transformers(kind, reference, n_class, dtype):
    ours, theirs = ours_and_theirs(kind, reference, dtype, *n_class)
    ids, mask, types = batch()
    expected = theirs(ids, attention_mask=mask.long(), token_type_ids=types).logits
    logits = ours(ids, mask, types)
    if logits.dim() == 3:
        logits, expected = logits[mask], expected[mask]
    assert logits.size(-1) == (*n_class, CONFIG.vocab_size)[0]
    assert_close(logits, expected, rtol=0, atol=TOLERANCE[dtype])


@given(lengths=st.lists(st.integers(1, 5), min_size=1, max_size=3), left=st.booleans())
@settings(max_examples=10, derandomize=True, deadline=None)
@torch.no_grad()
def test_padding_changes_nothing(lengths, left):
    bert, T = Bert(CONFIG).double(), max(lengths)
    ids, places = torch.randint(CONFIG.vocab_size, (len(lengths), T)), torch.arange(T)
    real = torch.tensor(lengths)[:, None]
    mask = places >= T - real if left else places < real
    vectors = bert(ids, mask)
    assert vectors.isfinite().all()
    for row, keep, alone in zip(vectors, mask, ids, strict=True):
        assert_close(row[keep], bert(alone[None, keep])[0])


@torch.no_grad()
def test_every_token_sees_both_sides():
    bert, ids = Bert(CONFIG), torch.randint(CONFIG.vocab_size, (1, 8))
    changed = ids.clone()
    changed[:, 5] = (ids[:, 5] + 1) % CONFIG.vocab_size
    assert not torch.isclose(bert(ids), bert(changed)).all(dim=-1).any()


def test_masked_words_are_learned_and_the_first_loss_is_log_v():
    model = MaskedLM(Bert(CONFIG))
    ids = torch.randint(1, CONFIG.vocab_size, (4, 8))
    hidden = torch.arange(8) % 4 == 1
    asked, targets = ids.masked_fill(hidden, 0), ids.masked_fill(~hidden, -100)
    optimizer, losses = torch.optim.AdamW(model.parameters(), lr=1e-2), []
    for _ in range(90):
        logits = model(asked)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert abs(losses[0] - torch.tensor(CONFIG.vocab_size).log().item()) < 0.2
    assert losses[-1] < 0.2


def test_the_last_layer_is_the_table_of_embeddings():
    model = MaskedLM(Bert(CONFIG))
    rows = [name for name, weight in model.named_parameters() if len(weight) == CONFIG.vocab_size]
    assert rows == ["bias", "bert.embed.weight"]


@pytest.mark.parametrize("kind", [MaskedLM, TokenClassifier, SentenceClassifier])
def test_dropout_acts_in_training_only(kind):
    bert = Bert(replace(CONFIG, p_drop=0.5))
    model = kind(bert) if kind is MaskedLM else kind(bert, 3)
    ids = torch.randint(CONFIG.vocab_size, (2, 6))
    drops = [module for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    assert [drop.p for drop in drops] == [0.5] * (1 + CONFIG.n_layer + (kind is not MaskedLM))
    entered = []
    bert.blocks[0].register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))
    assert not torch.allclose(model(ids), model(ids))
    assert 0.2 < (entered[0] == 0).double().mean() < 0.8  # dropped after the norm, as in BERT
    model.eval()
    assert_close(model(ids), model(ids), rtol=0, atol=0)


IDS = torch.zeros(2, 4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("ids", "mask", "types", "message"),
    [
        (IDS[:, :0], None, None, r"shape \(2, 0\)"),
        (IDS[:0], None, None, r"shape \(0, 4\)"),
        (IDS[0], None, None, r"shape \(4,\): give \(B, T\)"),
        (IDS.repeat(1, 5), None, None, "20 positions, but context_length=16: cut"),
        (IDS, torch.ones(2, 4), None, "mask is torch.float32: make it bool, True = real"),
        (IDS, torch.ones(2, 3) > 0, None, r"shape \(2, 3\): give \(2, 4\)"),
        (IDS, None, IDS[:1], r"types of shape \(1, 4\): give \(2, 4\)"),
    ],
)
def test_bad_input_is_named(ids, mask, types, message):
    with pytest.raises(ValueError, match=message):
        Bert(CONFIG)(ids, mask, types)


def test_heads_must_divide():
    with pytest.raises(ValueError, match="d_model=10 is not a multiple of n_head=4"):
        BertConfig(vocab_size=10, context_length=8, d_model=10, n_head=4, n_layer=1)


def test_every_tensor_is_made_on_the_device_of_the_ids():
    with refuse_cpu() as meta:
        ids = torch.zeros(2, 4, dtype=torch.int64, device=meta)
        mask = torch.ones(2, 4, dtype=torch.bool, device=meta)
        bert = Bert(CONFIG).to(meta)
        assert MaskedLM(bert).to(meta)(ids, mask, ids).shape == (2, 4, CONFIG.vocab_size)
        assert TokenClassifier(bert, 3).to(meta)(ids).shape == (2, 4, 3)
        assert SentenceClassifier(bert, 3).to(meta)(ids, mask).shape == (2, 3)
