"""Train a GPT on the tales from the command line; the same command again goes on where it stopped.

    python -m torchbook.train_tales FOLDER
    torchrun --standalone --nproc-per-node=8 -m torchbook.train_tales FOLDER
    torchrun --nnodes=2 --nproc-per-node=8 --rdzv-id=tales --rdzv-backend=c10d \\
        --rdzv-endpoint=first-machine:29400 -m torchbook.train_tales FOLDER

The first is for one process, the second for all GPUs of a machine (or two cores of a CPU), the
third, the same on each, for two machines.  Rank 0 alone writes in FOLDER.  Chapter: distributed.
"""

import json
import os
import sys
from argparse import ArgumentDefaultsHelpFormatter as Defaults
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from torchbook.distributed import processes, rank, spread, world
from torchbook.generate import generate
from torchbook.gpt import GPT, GPTConfig
from torchbook.optimizer_state import bare
from torchbook.padding import IGNORED, language_batch
from torchbook.rank_zero import on_rank_0, whole
from torchbook.same_run import require_same_settings
from torchbook.tales import END
from torchbook.tales_data import START, tales_data
from torchbook.train import train
from torchbook.train_config import TrainConfig

PROGRAM = "torchbook.train_tales"
COUNTS = {  # what is asked for: without an answer, and what it is
    "n-layer": (4, "blocks"),
    "n-head": (4, "attention heads"),
    "d-model": (128, "width"),
    "vocab-size": (1024, "tokens"),
    "tales": (20_000, "to train on, and a twentieth as many to evaluate with"),
    "steps": (2000, "updates of the weights"),
    "batch-size": (32, "tales a step, of all processes together"),
    "accumulate": (1, "parts that each process makes its share in"),
    "every": (100, "steps from one evaluation, and checkpoint, to the next"),
}


def arguments(words: list[str] | None) -> Namespace:
    what = "Train a GPT on tales; the same command again goes on where it stopped."
    parser = ArgumentParser(PROGRAM, description=what, formatter_class=Defaults)
    parser.add_argument("folder", type=Path, help="for the log and the checkpoints of this run")
    parser.add_argument("--language", choices=["en", "es"], default="en", help="of the tales")
    for name, (default, meaning) in COUNTS.items():
        parser.add_argument(f"--{name}", type=count, default=default, metavar="N", help=meaning)
    parser.add_argument("--warmup", type=int, default=100, metavar="N", help="steps")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of weights and order")
    parser.add_argument("--lr", type=float, default=1e-3, metavar="X", help="peak learning rate")
    parser.add_argument("--dropout", type=float, default=0.0, metavar="X", help="probability")
    parser.add_argument("--fsdp", action="store_true", help="divide the model among the processes")
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16")
    parser.add_argument("--compile", action="store_true", help="torch.compile the model")
    return parser.parse_args(words)


def count(word: str) -> int:
    """A whole number above 0, as argparse wants it."""
    if not (word.isdecimal() and int(word) > 0):
        raise ArgumentTypeError(f"{word}: give a whole number above 0")
    return int(word)


def loss_of(model: nn.Module, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """The sum of the losses in nats, and how many tokens were predicted."""
    device = next(model.parameters()).device
    ids, targets = (tensor.to(device) for tensor in batch)
    logits = model(ids)  # (B, T, V)
    return F.cross_entropy(logits.mT, targets, reduction="sum"), (targets != IGNORED).sum()


def begin(path: Path, asked: dict[str, Any]) -> None:
    """Write the settings of a new run; ValueError if the folder is of one with others."""
    if path.exists():
        require_same_settings(asked, json.loads(path.read_text(encoding="utf-8")), str(path.parent))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(asked), encoding="utf-8")
    aside.replace(path)


def run(given: Namespace, device: torch.device) -> None:
    """Train, print the losses beside the bound, and let rank 0 tell a tale."""
    if not given.lr > 0:
        raise ValueError(f"--lr {given.lr}: give a learning rate above 0, such as 1e-3")
    data = tales_data(given.language, given.tales, given.vocab_size)
    V = data.tokenizer.vocab_size
    sizes = GPTConfig(V, data.longest, given.d_model, given.n_head, given.n_layer, given.dropout)
    names = "steps", "warmup", "batch_size", "accumulate", "bf16", "compile", "seed"
    chosen = {name: getattr(given, name) for name in names}
    config = TrainConfig(evaluate_every=given.every, save_every=given.every, **chosen)
    on_rank_0(begin, given.folder / "settings.json", asdict(sizes) | {"language": given.language})

    torch.manual_seed(given.seed)
    model = spread(GPT(sizes).to(device), sharded=given.fsdp)
    optimizer = torch.optim.AdamW(model.parameters(), lr=given.lr, weight_decay=0.1)

    def report(line: dict[str, Any]) -> None:
        losses = f"training {line['loss']:.4f}, unseen tales {line['validation_loss']:.4f}"
        say(f"step {line['step']:5}: {losses}, no model below {data.bound:.4f} nats per token")

    say(f"{world()} x {device.type}, {sum(p.numel() for p in model.parameters()):,} parameters")
    say(f"if it stops, the same command goes on from the last checkpoint in {given.folder}")
    how: dict[str, Any] = {"collate": language_batch, "report": report}
    train(model, optimizer, loss_of, data.train, data.validation, config, given.folder, **how)
    weights = whole(bare(model).state_dict())
    if rank() == 0:
        teller = GPT(sizes)
        teller.load_state_dict(weights)
        start = data.tokenizer.encode(START)
        ids = generate(teller.eval(), [start], data.longest - len(start), temperature=1.0)[0]
        say(data.tokenizer.decode(ids, errors="replace").removeprefix(START).partition(END)[0])


def say(text: str) -> None:
    """Print once, whatever number of processes, beside a bar that may be under way."""
    if rank() == 0:
        tqdm.write(text)
        sys.stdout.flush()  # a file that somebody is watching should have it now


def main(words: list[str] | None = None) -> None:
    given = arguments(words)
    try:
        from torchbook.device import best_device  # here, where a missing GPU becomes a sentence

        with processes(best_device(os.environ.get("TORCHBOOK_DEVICE"))) as device:
            run(given, device)
    except (ValueError, OSError, RuntimeError, FloatingPointError) as error:
        sys.exit("\n".join([f"{PROGRAM}: {error}", *getattr(error, "__notes__", ())]))


if __name__ == "__main__":
    main()
