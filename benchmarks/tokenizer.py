"""How long BPE takes to learn 2,000 merges from 1 MB of text, and GPT-2's to encode it.

One thread each, in turn with tokenizers and tiktoken, on the book's own pages in both languages,
filled up to 1 MB with Python's standard library.  A ratio is the median of paired ratios.
Targets: training in 5 s; encoding in 20 times tiktoken's time.
"""

import os

os.environ |= {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}  # before the imports

import json
import sysconfig
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import tiktoken
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from torchbook import gpt2_bpe as files
from torchbook.bpe_training import train_bpe
from torchbook.packaged import packaged

ROUNDS = 7
# GPT-2's pattern as tiktoken writes it, which does not try again what cannot match.
FAST = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
PAGES = sorted((Path(__file__).parents[1] / "book").glob("*/*.md"))
LIBRARY = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


def corpus(size: int = 1_000_000) -> str:
    """The first `size` bytes of the book and of Python's library."""
    data = b""
    for path in [*PAGES, *LIBRARY]:
        if len(data) < size:
            data += path.read_bytes()
    return data[:size].decode(errors="ignore")


def merges_by_tokenizers(text: str) -> int:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        [text], trainers.BpeTrainer(vocab_size=2256, initial_alphabet=alphabet, show_progress=False)
    )
    return tokenizer.get_vocab_size()


def gpt2_by_others() -> tuple[tiktoken.Encoding, Tokenizer]:
    """tiktoken's and tokenizers' GPT-2, from the same two files as ours."""
    encoder = packaged(files.FILES, "data/encoder.json", files.ENCODER_SHA256)
    merges = packaged(files.FILES, "data/vocab.bpe", files.MERGES_SHA256)
    ids = json.loads(encoder.read_text(encoding="utf-8"))
    pairs = [tuple(line.split()) for line in merges.read_text(encoding="utf-8").splitlines()[1:]]
    theirs = Tokenizer(models.BPE(ids, pairs))
    theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    ranks = {token: i for i, token in files.gpt2_bpe().tokens.items() if i < 50256}
    fast = tiktoken.Encoding("gpt2", pat_str=FAST, mergeable_ranks=ranks, special_tokens={})
    return fast, theirs


def in_turn(runs: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """The seconds of every run, round after round, so that all meet the same machine."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    return seconds


def table(title: str, seconds: dict[str, list[float]], peers: list[str]) -> None:
    print(f"\n{title:<36}{'median':>14}" + "".join(f"{'/ ' + peer:>15}" for peer in peers))
    for name, times in seconds.items():
        ratios = [
            median(a / b for a, b in zip(times, seconds[peer], strict=True)) for peer in peers
        ]
        print(
            f"{name:<36}{median(times):>12.2f} s" + "".join(f"{ratio:>13.2f} x" for ratio in ratios)
        )


def main() -> None:
    text = corpus()
    learned = in_turn(
        {
            "torchbook": lambda: train_bpe(text, vocab_size=2256),
            "tokenizers": lambda: merges_by_tokenizers(text),
        }
    )
    table(f"2,000 merges of {len(text.encode()):,} bytes", learned, ["tokenizers"])
    by_tiktoken, by_tokenizers = gpt2_by_others()
    ours = files.gpt2_bpe()
    assert ours.encode(text) == by_tiktoken.encode_ordinary(text) == by_tokenizers.encode(text).ids
    fresh = iter([files.gpt2_bpe() for _ in range(ROUNDS)])
    encoded = in_turn(
        {
            "torchbook, the first text": lambda: next(fresh).encode(text),
            "torchbook, a text of known words": lambda: ours.encode(text),
            "tiktoken": lambda: by_tiktoken.encode_ordinary(text),
            "tokenizers": lambda: by_tokenizers.encode(text),
        }
    )
    table("GPT-2's ids of the same text", encoded, ["tiktoken", "tokenizers"])
    first = encoded["torchbook, the first text"]
    seconds = median(learned["torchbook"])
    ratio = median(a / b for a, b in zip(first, encoded["tiktoken"], strict=True))
    print(
        f"\ntarget: training in 5 s          {'met' if seconds <= 5 else 'missed'}: {seconds:.2f} s"
    )
    print(f"target: encoding within 20 x     {'met' if ratio <= 20 else 'missed'}: {ratio:.2f} x")


if __name__ == "__main__":
    main()
