"""What the benchmarks share: the same GPT in three packages, runs in turn, a row of the table.

Contenders run one after another, again and again, and what counts is the median of the ratios of
neighbours: a machine that is busy for a while slows both.
"""

import time
import warnings
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor, nn

from torchbook.gpt import GPT, GPTConfig

torch.set_num_threads(1)
OURS = "torchbook"


def sizes(n_layer: int, d_model: int, n_head: int, context_length: int) -> GPTConfig:
    return GPTConfig(96, context_length, d_model, n_head, n_layer)


def ours(c: GPTConfig) -> nn.Module:
    return GPT(c)


def gpt2(c: GPTConfig) -> nn.Module:
    """transformers' GPT-2, without dropout."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    return transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            vocab_size=c.vocab_size,
            n_positions=c.context_length,
            n_embd=c.d_model,
            n_layer=c.n_layer,
            n_head=c.n_head,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=0,
            eos_token_id=None,
        )
    )


def x_transformers(c: GPTConfig, activation: nn.Module | None = None) -> nn.Module:
    """x-transformers' decoder with PyTorch's fused attention; by itself it has the other GELU."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from x_transformers import Decoder, TransformerWrapper
    layers = Decoder(
        dim=c.d_model,
        depth=c.n_layer,
        heads=c.n_head,
        attn_dim_head=c.d_model // c.n_head,
        attn_flash=True,
        ff_custom_activation=activation,
    )
    return TransformerWrapper(
        num_tokens=c.vocab_size, max_seq_len=c.context_length, attn_layers=layers
    )


MODELS = {OURS: ours, "transformers": gpt2, "x-transformers": x_transformers}


SIZES = {"4 x 128": (sizes(4, 128, 4, 128), 32), "6 x 384": (sizes(6, 384, 6, 256), 8)}


def training_step(model: nn.Module, c: GPTConfig, B: int, bf16: bool = False) -> Callable[[], None]:
    """Forward, backward and one step of AdamW on random ids."""
    optimizer = torch.optim.AdamW(model.train().parameters(), lr=1e-4, fused=True)
    ids, targets = torch.randint(c.vocab_size, (2, B, c.context_length)).unbind()

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            out = model(ids)
            logits: Tensor = getattr(out, "logits", out)
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    return step


def in_turn(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each run, `repeats` times after a first one that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for i in range(repeats + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if i:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def times_as_fast(seconds: dict[str, list[float]], other: str, than: str = OURS) -> float:
    return median(b / a for a, b in zip(seconds[than], seconds[other], strict=True))


def row(what: str, value: float, target: float | None = None, at_most: bool = False) -> None:
    """One line of the table: what, how much, and, if there is a target, whether it is met."""
    verdict = ""
    if target is not None:
        met = value <= target if at_most else value >= target
        verdict = f"{'<=' if at_most else '>='} {target:<6g} {'met' if met else 'MISSED'}"
    print(f"{what:62}{value:10.3g}   {verdict}".rstrip(), flush=True)
