"""A GPT of ours speaks several times as fast as transformers' and x-transformers', in eager mode.

    python benchmarks/generation.py [REPEATS [TOKENS]]

Greedy, 256 tokens after a prompt of 16, float32, vocabulary 96, one thread, everyone with a cache
of keys and values, and ours also without.
"""

import sys
import warnings
from collections.abc import Callable
from functools import partial
from statistics import median

import torch
from peers import OURS, gpt2, in_turn, ours, row, sizes, times_as_fast, x_transformers

from torchbook.generate import generate
from torchbook.gpt import GPTConfig

HF, X, UNCACHED = "transformers, cached", "x-transformers, cached", "torchbook, uncached"
CASES = [
    ("4 x 128", (4, 128, 4), 1, {HF: 3.5, X: 5.0, UNCACHED: 12.0}),
    ("4 x 128", (4, 128, 4), 8, {HF: 2.0}),
    ("6 x 384", (6, 384, 6), 1, {HF: 1.2}),
]


def contenders(c: GPTConfig, B: int, tokens: int) -> dict[str, Callable[[], object]]:
    """Each goes on with the same prompts, `tokens` far."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from x_transformers import AutoregressiveWrapper
    model, theirs = ours(c).eval(), gpt2(c).eval()
    wrapped = AutoregressiveWrapper(x_transformers(c)).eval()
    ids = torch.randint(c.vocab_size, (B, 16))
    go_on = partial(generate, model, ids.tolist(), tokens)
    return {
        OURS: go_on,
        HF: lambda: theirs.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=tokens,
            do_sample=False,
            pad_token_id=0,
        ),
        X: lambda: wrapped.generate(ids, tokens, temperature=0.0, cache_kv=True),
        UNCACHED: partial(go_on, cached=False),
    }


def main(repeats: int = 5, tokens: int = 256) -> None:
    for size, (n_layer, d_model, n_head), B, targets in CASES:
        c = sizes(n_layer, d_model, n_head, context_length=16 + tokens)
        runs = contenders(c, B, tokens)
        if B > 1:
            del runs[UNCACHED]  # said at batch 1, and slow
        assert len(runs[HF]()[0]) == len(runs[OURS]()[0]) == 16 + tokens  # nobody stops early
        seconds = in_turn(runs, repeats)
        speed = B * tokens / median(seconds[OURS])
        row(f"generation {size}, batch {B}: tokens/s", speed)
        for name in list(runs)[1:]:
            row(f"  times as fast as {name}", times_as_fast(seconds, name), targets.get(name))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
