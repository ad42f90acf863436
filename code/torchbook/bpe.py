"""Byte-pair encoding: a text's tokens by a vocabulary and the merges that made it.

`torchbook.bpe_training` learns the merges, `torchbook.gpt2_bpe` reads those of GPT-2.
Chapter: tokenization.
"""

import heapq
from collections.abc import Iterable, Mapping
from itertools import pairwise

import regex
from torch import Tensor

from torchbook.tokenizer import id_list, to_bytes, to_text

# What GPT-2 joins tokens within: contractions, words and numbers with the space before them, signs,
# and spaces.  `regex` knows letters (L) and numbers (N) of all scripts; Python's `re` does not.
GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
REMEMBERED = 100_000  # pieces whose ids are kept, since most of a text is words seen before


class BPE:
    """In each piece of a text the earliest merge is made first, and of its places the leftmost.

    vocabulary {token: id}; merges in the order in which they were learned; a pattern that cuts text
    into the pieces within which tokens are joined (what it does not match is lost); special
    {token: id}.  ValueError for a merge whose tokens are not in the vocabulary.
    Source: Sennrich et al. (2016), section 3.2; Radford et al. (2019), section 2.2, for bytes
    instead of characters.  Chapter: tokenization.

    >>> vocabulary = {b"l": 0, b"o": 1, b"w": 2, b"lo": 3, b"low": 4}
    >>> tokenizer = BPE(vocabulary, merges=[(b"l", b"o"), (b"lo", b"w")])
    >>> tokenizer.encode("lowlo"), tokenizer.decode([4, 3])
    ([4, 3], 'lowlo')
    """

    def __init__(
        self,
        vocabulary: Mapping[bytes, int],
        merges: Iterable[tuple[bytes, bytes]],
        pattern: str = GPT2,
        special: Mapping[str, int] | None = None,
    ) -> None:
        self.special = dict(special or {})
        self.tokens = {i: token for token, i in vocabulary.items()}
        self.tokens |= {i: token.encode() for token, i in self.special.items()}
        self.vocab_size = max(self.tokens) + 1
        self.byte_ids = [vocabulary.get(bytes([byte])) for byte in range(256)]
        self.merges: dict[tuple[int, int], tuple[int, int]] = {}  # pair: (rank, id of the whole)
        for rank, (a, b) in enumerate(merges):
            if not {a, b, a + b} <= vocabulary.keys():
                raise ValueError(
                    f"merge {rank} makes {a + b!r} of {a!r} and {b!r}, and not all three are in "
                    f"the vocabulary: take merges and vocabulary from the same tokenizer"
                )
            self.merges[vocabulary[a], vocabulary[b]] = rank, vocabulary[a + b]
        self._pieces = regex.compile(pattern)
        longest_first = sorted(self.special, key=len, reverse=True)
        self._special = regex.compile("|".join(map(regex.escape, longest_first)) or r"(?!)")
        self._remembered: dict[str, list[int]] = {}

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        """The ids of a text; special tokens written in it are only text, unless special=True.

        For a text may come from anyone, and an `<|endoftext|>` in it should not end it.
        ValueError for a byte that the vocabulary lacks, and for half of a surrogate pair.
        """
        ids: list[int] = []
        end = 0
        for found in self._special.finditer(text) if special else ():
            ids += self._plain(text[end : found.start()])
            ids.append(self.special[found[0]])
            end = found.end()
        return ids + self._plain(text[end:])

    def decode(self, ids: Iterable[int] | Tensor, errors: str = "strict") -> str:
        """The text of ids; special tokens are written out.

        Tokens are bytes, and together they need not be UTF-8 (one emoji may take three): that is a
        ValueError, or with errors="replace" U+FFFD, as in Python's own `bytes.decode`.
        """
        return to_text(self.decode_bytes(ids), errors)

    def decode_bytes(self, ids: Iterable[int] | Tensor) -> bytes:
        """The bytes of ids, whether or not they are UTF-8."""
        ids = id_list(ids)
        try:
            return b"".join([self.tokens[i] for i in ids])
        except KeyError as error:
            raise ValueError(
                f"id {error.args[0]} is not in the vocabulary: use ids from 0 to "
                f"{self.vocab_size - 1}, of the same tokenizer"
            ) from None

    def _plain(self, text: str) -> list[int]:
        ids: list[int] = []
        remembered = self._remembered
        for piece in self._pieces.findall(text):
            joined = remembered.get(piece)
            if joined is None:
                joined = self._join(to_bytes(piece))
                if len(remembered) < REMEMBERED:
                    remembered[piece] = joined
            ids += joined
        return ids

    def _join(self, piece: bytes) -> list[int]:
        """The ids of one piece, in n log n steps for n bytes: the next merge is atop a heap."""
        ids: list[int | None] = [self.byte_ids[byte] for byte in piece]
        if None in ids:
            raise ValueError(
                f"byte {piece[ids.index(None)]} of {piece!r} is not in the vocabulary: leave that "
                f"character out, or choose a tokenizer with all 256 bytes"
            )
        n = len(ids)
        before, after = list(range(-1, n - 1)), list(range(1, n + 1))  # the neighbours of each
        queue = [
            (self.merges[pair][0], i, pair)
            for i, pair in enumerate(pairwise(ids))
            if pair in self.merges
        ]
        heapq.heapify(queue)
        while queue:
            _, i, pair = heapq.heappop(queue)
            j = after[i]
            if j == n or (ids[i], ids[j]) != pair:
                continue  # one of the two has been joined to another since
            ids[i], ids[j] = self.merges[pair][1], None
            after[i] = after[j]
            for left, right in ((before[i], i), (i, after[i])):
                if left >= 0 and right < n:
                    before[right] = left
                    near = ids[left], ids[right]
                    if near in self.merges:
                        heapq.heappush(queue, (self.merges[near][0], left, near))
        return [i for i in ids if i is not None]
