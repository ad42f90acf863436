"""A tokenizer turns text into ids and back: one id for each character, or for each byte.

ids are a list of int, or a tensor (T) int64 where they come back from a model.
`torchbook.bpe` joins bytes that are often side by side; `torchbook.wordpiece` cuts up words.
Chapter: tokenization.
"""

from collections.abc import Iterable

from torch import Tensor


class Characters:
    """One id for each different character of a text, in sorted order.

    ValueError for an empty text, and later for a character or an id that is not in the vocabulary.
    "é" may be written as one character or as two, e and an accent: they get different ids; make
    them the same with `unicodedata.normalize("NFC", text)`.  Chapter: tokenization.

    >>> tokenizer = Characters("banana")
    >>> tokenizer.vocabulary, tokenizer.encode("nab")
    ('abn', [2, 0, 1])
    >>> tokenizer.decode([2, 0, 1])
    'nab'
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise ValueError("the text is '': give one that has every character you will encode")
        self.vocabulary = "".join(sorted(set(text)))
        self.ids = {character: i for i, character in enumerate(self.vocabulary)}

    @property
    def vocab_size(self) -> int:
        return len(self.vocabulary)

    def encode(self, text: str) -> list[int]:
        try:
            return [self.ids[character] for character in text]
        except KeyError as error:
            raise ValueError(
                f"{error.args[0]!r} is not in the vocabulary of {self.vocab_size} characters: "
                f"make the vocabulary from a text that has it, or leave it out"
            ) from None

    def decode(self, ids: Iterable[int] | Tensor) -> str:
        return "".join([self.vocabulary[i] for i in id_list(ids, self.vocab_size)])


class Bytes:
    """Every text in 256 ids: the bytes of its UTF-8, one to four for each character.

    Not all bytes are UTF-8; decoding others is a ValueError, or with errors="replace" they become
    U+FFFD, as in Python's own `bytes.decode`.  Chapter: tokenization.

    >>> Bytes().encode("año")
    [97, 195, 177, 111]
    >>> Bytes().decode([97, 195], errors="replace")
    'a\ufffd'
    """

    vocab_size = 256

    def encode(self, text: str) -> list[int]:
        return list(to_bytes(text))

    def decode(self, ids: Iterable[int] | Tensor, errors: str = "strict") -> str:
        return to_text(bytes(id_list(ids, 256)), errors)


def id_list(ids: Iterable[int] | Tensor, vocab_size: int | None = None) -> list[int]:
    """The ids as a list, if a tensor has one dimension and, given vocab_size, each id is below it.

    >>> id_list([0, 5], vocab_size=5)
    Traceback (most recent call last):
    ValueError: id 5 is not in the vocabulary: use ids from 0 to 4
    """
    if isinstance(ids, Tensor):
        if ids.dim() != 1 or ids.is_floating_point():
            raise ValueError(
                f"ids are {ids.dtype} of shape {tuple(ids.shape)}: decode whole numbers (T), one "
                f"sequence at a time"
            )
        ids = ids.tolist()
    ids = list(ids)
    for i in ids:
        if vocab_size is not None and not 0 <= i < vocab_size:
            raise ValueError(f"id {i} is not in the vocabulary: use ids from 0 to {vocab_size - 1}")
    return ids


def to_bytes(text: str) -> bytes:
    """The UTF-8 of a text; ValueError for half of a surrogate pair, which UTF-8 cannot hold.

    >>> to_bytes("ñ")
    b'\\xc3\\xb1'
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{text[error.start]!r} is half of a surrogate pair, which UTF-8 cannot hold: join the "
            f"halves with text.encode('utf-16', 'surrogatepass').decode('utf-16')"
        ) from error


def to_text(data: bytes, errors: str = "strict") -> str:
    """The text of which these bytes are the UTF-8; errors is "strict" or "replace".

    >>> to_text(bytes([195, 177]))
    'ñ'
    """
    if errors not in ("strict", "replace"):
        raise ValueError(f"errors={errors!r}: choose 'strict' or 'replace'")
    try:
        return data.decode(errors=errors)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"byte {data[error.start]} at position {error.start} does not go on as UTF-8: the ids "
            f"may end inside a character; decode with errors='replace' to see U+FFFD there"
        ) from error
