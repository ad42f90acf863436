"""WordPiece gives the ids of transformers' BertTokenizer, and a mask says what is padding."""

import unicodedata
import warnings
from functools import cache

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders

from torchbook import wordpiece as module
from torchbook.packaged import packaged
from torchbook.wordpiece import SPECIAL, WordPiece, minilm_wordpiece, words

quick = settings(max_examples=150, derandomize=True, deadline=None)
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
ENGLISH = "It's a truth universally acknowledged; we've 3,141 tokens -- don't you think?\n\n  Yes."
SPANISH = (
    "En un lugar de la Mancha, de cuyo nombre no quiero acordarme: «¡AÑO, pingüino, acción!»\t42"
)
parts = [
    " ",
    "\n",
    "\t",
    "\x1c",
    "\u2003",
    "\u200d",
    "'",
    "##",
    "a",
    "able",
    "İ",
    "ΣΑΣ",
    "ß",
    "Ñ",
    "e\u0301",
]
parts += [
    "año",
    "日本",
    "한국",
    "हिन्दी",
    "مرحبا",
    "🐧",
    "👩‍🚀",
    "[MASK]",
    "[SEP]",
    "[mask]",
    "x" * 101,
    "\0",
    "\ufffd",
]


def same_for_both(character: str) -> bool:
    """`tokenizers` has the Unicode of 2015: leave out marks and signs that came or changed later.

    And 256 ideographs (U+2B820 to U+2B91F) that its list of blocks leaves out, unlike BERT's own.
    """
    now, then = unicodedata.category(character), unicodedata.ucd_3_2_0.category(character)
    older = now == then != "Cn" or (then == "Cn" and now[0] in "LNS")
    return older and not 0x2B820 <= ord(character) < 0x2B920 and now != "Cs"


same = st.characters(exclude_categories=["Cs", "Cn"]).filter(same_for_both)
texts = st.text(same) | st.lists(st.sampled_from(parts)).map("".join)


@cache
def ours() -> WordPiece:
    return minilm_wordpiece()


@cache
def by_transformers():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # transformers' own imports warn of their dependencies
        from transformers import BertTokenizer

        return BertTokenizer(
            vocab=str(packaged(module.MINILM, "model/vocab.txt", module.MINILM_SHA256))
        )


@cache
def by_tokenizers() -> Tokenizer:
    """What comes with MiniLM, without its cutting and padding to 128."""
    tokenizer = Tokenizer.from_file(
        str(packaged(module.MINILM, "model/tokenizer.json", TOKENIZER_SHA256))
    )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@quick
@given(texts)
@example(ENGLISH)
@example(SPANISH)
@example("👩‍🚀🏳️‍🌈 🇪🇸🐧\ufe0f")
def test_ids_are_those_of_transformers_and_of_tokenizers(text):
    ids = ours().encode(text, special=True)
    assert ids == by_tokenizers().encode(text).ids
    assert ids == by_transformers()(text)["input_ids"]


def test_characters_of_all_kinds_are_spelled_as_tokenizers_spells_them():
    some = map(chr, [*range(0x3100), *range(0x3100, 0x30000, 20), *range(0xFA0E, 0xFA2A)])
    text = "".join(f"a{c}b " for c in some if unicodedata.category(c) != "Cn" and same_for_both(c))
    normal = by_tokenizers().normalizer.normalize_str(text)
    assert words(text) == [
        word for word, _ in by_tokenizers().pre_tokenizer.pre_tokenize_str(normal)
    ]


def test_words_ignore_case_and_accents_and_keep_signs_apart():
    assert words("Él pagó 5€… ¿ÑAME?") == ["el", "pago", "5€", "…", "¿", "name", "?"]
    assert words("two\twords\x00\u200d") == ["two", "words"]


def test_special_tokens_are_text_unless_asked_for():
    vocabulary = [*SPECIAL, "[", "]", "mask", "the", "cat"]
    text = "the[MASK]cat"
    assert WordPiece(vocabulary).encode(text) == [2, 8, 5, 7, 6, 9, 3]
    assert WordPiece(vocabulary).encode(text, special=True) == [2, 8, 4, 9, 3]
    assert WordPiece(vocabulary).encode("[MASK]") == [2, 5, 7, 6, 3]


def test_a_batch_is_padded_as_by_transformers_and_its_mask_marks_the_tokens():
    texts = [ENGLISH, "", SPANISH, "one"]
    ids, mask = ours().batch(texts)
    theirs = by_transformers()(texts, padding=True, return_tensors="pt")
    assert torch.equal(ids, theirs["input_ids"])
    assert torch.equal(mask, theirs["attention_mask"].bool())
    assert ids.dtype == torch.int64
    assert [row[real].tolist() for row, real in zip(ids, mask, strict=True)] == list(
        map(ours().encode, texts)
    )


@pytest.mark.parametrize("context_length", [2, 3, 8, 512])
def test_long_texts_are_cut_as_by_transformers(context_length):
    texts = [ENGLISH, "one"]
    ids, _ = ours().batch(texts, context_length)
    options = {"padding": True, "truncation": True, "return_tensors": "pt"}
    theirs = by_transformers()(texts, max_length=context_length, **options)["input_ids"]
    assert torch.equal(ids, theirs)


def test_a_batch_without_texts_or_room_is_refused():
    with pytest.raises(ValueError, match="a batch of 0 texts: give at least one"):
        ours().batch([])
    with pytest.raises(ValueError, match=r"context_length=1: \[CLS\] and \[SEP\] alone need 2"):
        ours().batch(["one"], context_length=1)


@quick
@given(st.lists(st.integers(104, 30521)))
def test_ids_become_words_as_tokenizers_makes_them(ids):
    pieces = [ours().vocabulary[i] for i in ids]
    theirs = decoders.WordPiece(cleanup=False).decode(pieces)
    assert ours().decode([ours().cls, *ids, ours().sep, ours().pad]) == theirs
    assert ours().decode(torch.tensor(ids, dtype=torch.int64)) == theirs


@quick
@given(st.lists(st.sampled_from(["pinguino", "year", "unbelievable", "año", "🐧"])))
def test_words_of_a_text_come_back_without_accents(chosen):
    expected = " ".join("[UNK]" if word == "🐧" else word.replace("ñ", "n") for word in chosen)
    assert ours().decode(ours().encode(" ".join(chosen))) == expected


def test_a_word_of_more_than_a_hundred_characters_is_unknown():
    assert ours().pieces("a" * 100) != [ours().unknown]
    assert ours().pieces("a" * 101) == [ours().unknown]


@pytest.mark.parametrize("bad", [30522, -1])
def test_an_id_outside_the_vocabulary_is_refused(bad):
    assert ours().vocab_size == 30522
    with pytest.raises(ValueError, match=f"id {bad} is not .* use ids from 0 to 30521"):
        ours().decode([bad])


def test_a_vocabulary_without_special_tokens_is_refused():
    with pytest.raises(ValueError, match=r"has no \[CLS\], \[MASK\]: take it from a BERT"):
        WordPiece(["[PAD]", "[UNK]", "[SEP]", "a"])


def test_half_of_a_surrogate_pair_is_refused():
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        ours().encode("so \ud83d")


def test_a_missing_file_names_the_command_that_brings_it(monkeypatch):
    monkeypatch.setattr(module, "MINILM", "no-minilm-here==0.1.0")
    with pytest.raises(FileNotFoundError, match=r"make book.*--no-deps no-minilm-here==0\.1\.0"):
        minilm_wordpiece()
