"""Byte-pair encoding joins as tiktoken does, gives texts back, and takes no commands from them."""

from functools import cache
from itertools import pairwise

import pytest
import tiktoken
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torchbook import bpe
from torchbook.bpe import BPE, GPT2
from torchbook.bpe_training import train_bpe

STORY = (
    "The cat sat on the mat. El gato se sentó en la alfombra, año tras año: ¡aaaah! 🐧🐧👩‍🚀 42\n"
    * 3
)
quick = settings(max_examples=100, derandomize=True, deadline=None)
texts = st.text(st.characters(exclude_categories=["Cs", "Cn"])) | st.text("aen th🐧ñ'\n")


@cache
def trained() -> BPE:
    return train_bpe(STORY, vocab_size=300)


@cache
def by_tiktoken() -> tiktoken.Encoding:
    ranks = {token: i for i, token in trained().tokens.items()}
    return tiktoken.Encoding("ours", pat_str=GPT2, mergeable_ranks=ranks, special_tokens={})


def with_special() -> BPE:
    tokens = {bytes([byte]): byte for byte in range(256)}
    return BPE(tokens, [], special={"<|end|>": 256, "<|end|>!": 257})


@quick
@given(texts)
def test_ids_are_those_of_tiktoken(text):
    assert trained().encode(text) == by_tiktoken().encode_ordinary(text)


@quick
@given(texts)
def test_text_comes_back(text):
    assert trained().decode(trained().encode(text)) == text


@quick
@given(st.text("aenh", min_size=1))
def test_joining_is_the_definition_done_fast(piece):
    ids = list(piece.encode())
    merges = trained().merges
    while known := [merges[pair] for pair in pairwise(ids) if pair in merges]:
        rank, whole = min(known)
        i = next(i for i, pair in enumerate(pairwise(ids)) if merges.get(pair) == (rank, whole))
        ids[i : i + 2] = [whole]
    assert trained().encode(piece) == ids


def test_a_piece_of_a_hundred_thousand_letters_is_joined_too():
    text = "thean" * 20_000
    assert trained().encode(text) == by_tiktoken().encode_ordinary(text)


def test_merges_count_in_their_order_not_in_that_of_their_ids():
    tokens = {b"a": 0, b"b": 1, b"c": 2, b"ab": 3, b"bc": 4}
    assert BPE(tokens, [(b"a", b"b"), (b"b", b"c")]).encode("abc") == [3, 2]
    assert BPE(tokens, [(b"b", b"c"), (b"a", b"b")]).encode("abc") == [0, 4]


def test_a_pair_whose_parts_have_gone_is_passed_over():
    tokens = {b"a": 0, b"b": 1, b"c": 2, b"bc": 3, b"abc": 4, b"ab": 5}
    merges = [(b"b", b"c"), (b"a", b"bc"), (b"a", b"b")]
    assert BPE(tokens, merges).encode("abc") == [4]


def test_changing_what_encode_gave_does_not_change_what_it_gives():
    first = trained().encode("cat")
    first.append(0)
    assert trained().encode("cat") == first[:-1]


def test_memory_for_pieces_is_bounded(monkeypatch):
    monkeypatch.setattr(bpe, "REMEMBERED", 2)
    tokenizer = with_special()
    for text in ("one", "two", "three", "three"):
        assert tokenizer.decode(tokenizer.encode(text)) == text
    assert len(tokenizer._remembered) == 2


def test_special_tokens_are_text_unless_asked_for():
    tokenizer, text = with_special(), "a<|end|>!<|end|>"
    assert tokenizer.encode(text) == list(text.encode())
    assert tokenizer.encode(text, special=True) == [97, 257, 256]
    assert tokenizer.decode([97, 257, 256]) == text


@quick
@given(st.lists(st.sampled_from(["<|end|>", "<|end|>!", "<|end", "|>", "!", " ", "a"])))
def test_special_tokens_come_back_too(parts):
    tokenizer, text = with_special(), "".join(parts)
    assert tokenizer.decode(tokenizer.encode(text, special=True)) == text


def test_without_special_tokens_asking_for_them_changes_nothing():
    assert trained().encode(STORY, special=True) == trained().encode(STORY)


@quick
@given(st.lists(st.integers(0, 299)))
def test_ids_that_are_not_utf_8_are_refused_or_replaced_as_by_python(ids):
    data = trained().decode_bytes(ids)
    assert data == by_tiktoken().decode_bytes(ids)
    assert trained().decode(ids, errors="replace") == data.decode(errors="replace")
    if data.decode(errors="replace").encode() == data:
        assert trained().decode(torch.tensor(ids, dtype=torch.int64)) == data.decode()
    else:
        with pytest.raises(ValueError, match=r"does not go on as UTF-8.*errors='replace'"):
            trained().decode(ids)


def test_an_emoji_cut_in_two_is_refused_or_replaced():
    half = list("🐧".encode())[:2]
    with pytest.raises(ValueError, match="byte 240 at position 0 does not go on as UTF-8"):
        trained().decode(half)
    assert trained().decode(half, errors="replace") == "\ufffd"


@pytest.mark.parametrize("bad", [300, -1])
def test_an_id_outside_the_vocabulary_is_refused(bad):
    assert trained().vocab_size == 300
    with pytest.raises(ValueError, match=f"id {bad} is not .* use ids from 0 to 299"):
        trained().decode([0, bad])


def test_a_byte_that_the_vocabulary_lacks_is_refused():
    with pytest.raises(ValueError, match="byte 98 of b'abc' is not in the vocabulary"):
        BPE({b"a": 0, b"c": 1}, []).encode("abc")


@pytest.mark.parametrize("merge", [(b"a", b"b"), (b"a", b"c"), (b"c", b"a")], ids=str)
def test_a_merge_of_another_vocabulary_is_refused(merge):
    with pytest.raises(ValueError, match=r"merge 0 makes .* take merges and vocabulary from"):
        BPE({b"a": 0, b"b": 1, b"ac": 2, b"ca": 3}, [merge])


def test_half_of_a_surrogate_pair_is_refused():
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        trained().encode("so \ud83d")
