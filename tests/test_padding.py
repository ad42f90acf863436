from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from torchbook.encoder_decoder import shift_right
from torchbook.gpt import GPT, GPTConfig
from torchbook.padding import language_batch, pad, translation_batch
from torchbook.seq2seq import Seq2Seq, Seq2SeqConfig

few = settings(max_examples=50, derandomize=True, deadline=None)
ids_of = partial(st.lists, st.integers(0, 9))
texts_of = partial(st.lists, min_size=1, max_size=5)


@few
@given(texts_of(ids_of(min_size=1, max_size=7)))
def test_the_mask_gives_back_the_texts_that_were_padded(texts):
    ids, mask = pad(texts)
    assert ids.shape == mask.shape == (len(texts), max(map(len, texts)))
    assert (ids.dtype, mask.dtype) == (torch.int64, torch.bool)
    assert [row[real].tolist() for row, real in zip(ids, mask, strict=True)] == texts
    assert (mask[:, :-1] >= mask[:, 1:]).all(), "padding stands at the end"
    assert (ids[~mask] == 0).all()


@few
@given(texts_of(ids_of(min_size=2, max_size=7)))
def test_each_target_is_the_id_after_and_padding_has_none(texts):
    ids, targets = language_batch(texts)
    assert ids.shape == targets.shape == (len(texts), max(map(len, texts)) - 1)
    for text, row, after in zip(texts, ids.tolist(), targets.tolist(), strict=True):
        assert row[: len(text) - 1] == text[:-1]
        assert [target for target in after if target != -100] == text[1:]


def test_texts_may_be_tensors_of_any_whole_numbers():
    texts = [[5, 6, 7], [8, 9]]
    tensors = [torch.tensor(text, dtype=torch.int32) for text in texts]
    for function in (pad, language_batch):
        for expected, found in zip(function(texts), function(tensors), strict=True):
            assert torch.equal(expected, found)
            assert expected.dtype == found.dtype


def test_the_loss_of_a_padded_batch_is_that_of_its_texts_one_by_one():
    model = GPT(GPTConfig(11, context_length=9, d_model=16, n_head=2, n_layer=2)).double()
    texts = [[1, 2, 3, 4, 5, 6], [7, 8], [9, 10, 1, 2]]

    def loss(batch):
        ids, targets = language_batch(batch)
        return F.cross_entropy(model(ids).flatten(0, 1), targets.flatten(), reduction="sum")

    torch.testing.assert_close(loss(texts), sum(loss([text]) for text in texts))


def test_the_loss_of_a_batch_of_pairs_is_that_of_its_pairs_one_by_one():
    model = Seq2Seq(Seq2SeqConfig(11, context_length=9, d_model=16, n_head=2, n_layer=1)).double()
    pairs = [([1, 2, 3], [4, 5, 6, 7]), ([8], [9, 10]), ([1, 2, 3, 4, 5], [6])]

    def loss(batch):
        ids, mask, targets = translation_batch(batch)
        logits = model(ids, shift_right(targets, start=0), mask)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")

    torch.testing.assert_close(loss(pairs), sum(loss([pair]) for pair in pairs))


@pytest.mark.parametrize("workers", [0, 2])
def test_a_loader_pads_each_batch_to_its_own_longest(workers):
    texts = [[1, 2, 3, 4], [5, 6], [7, 8, 9], [1, 2, 3, 4, 5, 6]]
    loader = DataLoader(texts, 2, collate_fn=language_batch, num_workers=workers)
    with torch.device("cpu"):  # a worker that was forked cannot use a GPU
        assert [ids.shape for ids, _ in loader] == [(2, 3), (2, 5)]


@pytest.mark.parametrize(
    ("function", "texts", "message"),
    [
        (pad, [], "no texts to pad: give at least one"),
        (language_batch, [], "no texts to pad: give at least one"),
        (translation_batch, [], "no texts to pad: give at least one"),
        (pad, [[1], []], r"text 1 is torch.float32 of shape \(0,\): give a list of ids, with at"),
        (pad, [torch.zeros(0).long()], r"text 0 is torch.int64 of shape \(0,\)"),
        (pad, [[[1, 2]]], r"text 0 is torch.int64 of shape \(1, 2\)"),
        (pad, [[1], [0.5]], r"text 1 is torch.float32 of shape \(1,\)"),
        (pad, [torch.tensor(3)], r"text 0 is torch.int64 of shape \(\)"),
        (language_batch, [[1, 2], [3]], "text 1 has 1 ids: give two or more"),
        (translation_batch, [([1], [])], "text 0 is .*: give a list of ids, with at least one"),
    ],
)
def test_what_cannot_be_padded_is_named(function, texts, message):
    with pytest.raises(ValueError, match=message):
        function(texts)
