"""Training a GPT of ours takes less time than one of transformers.

    python benchmarks/training.py [REPEATS]

Forward, backward and one step of fused AdamW, float32, vocabulary 96, one thread; tokens a second,
and how many times as fast as the others.  x-transformers by itself has the GELU that costs less,
and no biases in attention; a second row gives it GPT-2's GELU.  The matrix products alone are those
of the linear layers and of attention, forward and backward, as `torch.matmul` makes them: ours may
beat them in attention, where a causal model can skip half.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from peers import MODELS, OURS, SIZES, in_turn, row, times_as_fast, training_step, x_transformers
from torch import nn

from torchbook.gpt import GPTConfig

PRODUCTS = "the matrix products alone"


def matrix_products(c: GPTConfig, B: int) -> Callable[[], None]:
    """The products of a training step of that GPT, and nothing else."""
    N, C = B * c.context_length, c.d_model
    layers = [(C, 3 * C), (C, C), (C, 4 * C), (4 * C, C)] * c.n_layer + [(C, c.vocab_size)]
    weights = {shape: torch.randn(shape[::-1]) for shape in layers}
    values = {width: torch.randn(N, width) for shape in layers for width in shape}
    q, k, v, g = torch.randn(4, B, c.n_head, c.context_length, C // c.n_head).unbind()

    def products() -> None:
        for n_in, n_out in layers:
            x, w, gradient = values[n_in], weights[n_in, n_out], values[n_out]
            _ = x @ w.T, gradient @ w, gradient.T @ x
        for _ in range(c.n_layer):
            scores = q @ k.mT
            _ = scores @ v, scores.mT @ g
            back = g @ v.mT
            _ = back @ k, back.mT @ q

    return products


def has_bf16() -> bool:
    info = Path("/proc/cpuinfo")
    return info.exists() and bool({"avx512_bf16", "amx_bf16"} & set(info.read_text().split()))


def main(repeats: int = 9) -> None:
    targets = {"transformers": 1.1, "x-transformers": 1.0}
    for size, (config, B) in SIZES.items():
        tokens = B * config.context_length
        runs = {n: training_step(make(config), config, B) for n, make in MODELS.items()}
        same = x_transformers(config, nn.GELU("tanh"))
        runs["x-transformers with GPT-2's GELU"] = training_step(same, config, B)
        runs[PRODUCTS] = matrix_products(config, B)
        seconds = in_turn(runs, repeats)
        row(f"training {size}: tokens/s", tokens / median(seconds[OURS]))
        for name in list(runs)[1:-1]:
            row(f"  times as fast as {name}", times_as_fast(seconds, name), targets.get(name))
        share = times_as_fast(seconds, PRODUCTS)
        row(f"  share of the speed of {PRODUCTS}", share, 0.88 if size == "6 x 384" else None)
    if not has_bf16():
        print("bf16: this CPU has no instructions for it, nothing to compare")
        return
    make = MODELS[OURS]
    runs = {OURS: training_step(make(config), config, B)}
    runs["bf16"] = training_step(make(config), config, B, bf16=True)
    ratio = times_as_fast(in_turn(runs, repeats), OURS, than="bf16")
    row("training 6 x 384, bf16 autocast: times as fast as float32", ratio, 1.5)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
