"""The merges that are learned are those of the definition, and of Hugging Face's trainer."""

import json
from collections import Counter
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, trainers

from torchbook.bpe import GPT2
from torchbook.bpe_training import learn_merges, train_bpe

STORY = (
    "The cat sat on the mat. El gato se sentó en la alfombra, año tras año: ¡aaaah! 🐧🐧👩‍🚀 42\n"
    * 3
)
quick = settings(max_examples=100, derandomize=True, deadline=None)
words = st.dictionaries(st.text("abc", min_size=1, max_size=12), st.integers(1, 5), max_size=8)


def tokens_of(merges) -> list[bytes]:
    tokens = [bytes([byte]) for byte in range(256)]
    for a, b in merges:
        tokens.append(tokens[a] + tokens[b])
    return tokens[256:]


def by_definition(words: dict[bytes, int], n_merges: int) -> list[tuple[int, int]]:
    """Count everything again before each merge."""
    spelled, merges = {word: list(word) for word in words}, []
    while len(merges) < n_merges:
        count: Counter[tuple[int, int]] = Counter()
        for word, ids in spelled.items():
            for pair in pairwise(ids):
                count[pair] += words[word]
        if not count:
            break
        pair = min(count, key=lambda pair: (-count[pair], pair))
        for ids in spelled.values():
            for i in range(len(ids)):
                if tuple(ids[i : i + 2]) == pair:
                    ids[i : i + 2] = [256 + len(merges)]
        merges.append(pair)
    return merges


def by_tokenizers(pieces: list[str], n_merges: int) -> list[bytes]:
    """Hugging Face's merges of the same pieces, with a character for each byte."""
    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=256 + n_merges,
        initial_alphabet=[chr(byte) for byte in range(256)],
        show_progress=False,
    )
    tokenizer.train_from_iterator([piece.encode().decode("latin-1") for piece in pieces], trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [(a + b).encode("latin-1") for a, b in merges]


@quick
@given(words, st.integers(0, 12))
def test_merges_are_those_of_the_definition(words, n_merges):
    words = {word.encode(): n for word, n in words.items()}
    assert learn_merges(words, n_merges) == by_definition(words, n_merges)


def test_merges_are_those_of_tokenizers():
    ours = tokens_of(learn_merges(Counter(p.encode() for p in regex.findall(GPT2, STORY)), 200))
    assert ours == by_tokenizers(regex.findall(GPT2, STORY), 200)


def test_of_pairs_equally_frequent_the_smallest_ids_win():
    assert learn_merges({b"cd": 2, b"ab": 2, b"ba": 3}, 3) == [(98, 97), (97, 98), (99, 100)]


def test_the_order_of_the_words_does_not_matter():
    words = Counter(p.encode() for p in regex.findall(GPT2, STORY))
    backwards = dict(reversed(words.items()))
    assert learn_merges(words, 50) == learn_merges(backwards, 50)


def test_training_stops_when_every_piece_is_one_token():
    tokenizer = train_bpe("banana banana", vocab_size=300)
    assert tokenizer.vocab_size < 262
    assert len(tokenizer.encode("banana banana")) == 2


def test_no_token_crosses_the_pieces_of_the_pattern():
    text = "the cat sat " * 9
    assert not any(b" " in token[1:] for token in train_bpe(text, 300).tokens.values())
    assert b"the cat sat " in train_bpe(text, 300, pattern=r".+?sat ").tokens.values()


def test_a_text_trains_the_256_bytes_at_least():
    assert train_bpe("", vocab_size=300).vocab_size == 256
    with pytest.raises(ValueError, match="vocab_size=255: the bytes alone are 256 tokens"):
        train_bpe("text", vocab_size=255)
