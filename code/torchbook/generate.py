"""A language model writes: token after token, each chosen by the logits of the last position.

The model is called as GPT and Llama are, and used as it is: `model.eval()` first, or it drops out.
Dimensions: B texts, T positions of the prompts, V vocabulary.  Chapter: generation.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol, Unpack

import torch
from torch import Tensor, nn

from torchbook.attention import Cache
from torchbook.sampling import Choice, choose


class LanguageModel(Protocol):
    """What is asked of a model: ids (B, T) -> logits (B, T, V), an empty cache, and its device.

    If it has a `config`, its `vocab_size` and `context_length` are heeded.  An encoder-decoder is
    one as soon as its source is given.  Chapter: generation.
    """

    def __call__(
        self, ids: Tensor, mask: Tensor | None = None, cache: list[Cache] | None = None
    ) -> Tensor: ...

    def new_cache(self) -> list[Cache]: ...

    def parameters(self) -> Iterator[nn.Parameter]: ...


@torch.inference_mode()
def stream(
    model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    *,
    end: int | None = None,
    cached: bool = True,
    **choice: Unpack[Choice],
) -> Iterator[Tensor]:
    """Yield the next token of all texts, (B) int64, as soon as it is chosen, again and again.

    Shorter prompts are padded on the left, which changes nothing.  A text that has said `end` goes
    on saying it, and when all have, the stream ends.  Without the cache, each step computes all
    positions again: the same tokens, later.  ValueError for a prompt that is empty or has ids
    outside the vocabulary, or if the longest text would outgrow the context.  The columns are
    inference-mode tensors: `clone()` one before you train on it.  Chapter: generation.

    >>> from torchbook.gpt import GPT, GPTConfig
    >>> model = GPT(GPTConfig(vocab_size=9, context_length=8, d_model=8, n_head=2, n_layer=1))
    >>> [column.shape for column in stream(model, [[1, 2, 3], [4]], max_new_tokens=2)]
    [torch.Size([2]), torch.Size([2])]
    """
    check(model, prompts, max_new_tokens)
    device = next(model.parameters()).device
    T = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[0] * (T - len(p)) + list(p) for p in prompts], device=device)  # (B, T)
    real = None  # which positions are no padding; None if all
    if any(len(prompt) < T for prompt in prompts):
        padding = torch.tensor([[T - len(prompt)] for prompt in prompts], device=device)  # (B, 1)
        real = torch.arange(T + max_new_tokens, device=device) >= padding
    ended = torch.zeros(len(prompts), dtype=torch.bool, device=device)  # (B)
    cache = model.new_cache() if cached else None
    for seen in range(T, T + max_new_tokens):
        logits = model(ids, mask=None if real is None else real[:, :seen], cache=cache)
        column = choose(logits[:, -1], **choice)  # (B)
        if end is not None:
            column = column.masked_fill(ended, end)
            ended |= column == end
        yield column
        if end is not None and ended.all():
            return
        ids = column[:, None] if cached else torch.cat((ids, column[:, None]), dim=1)


def generate(
    model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    *,
    end: int | None = None,
    cached: bool = True,
    **choice: Unpack[Choice],
) -> list[list[int]]:
    """Each prompt and what follows it; if that ends, `end` is its last id.

    Arguments and errors as `stream`.  Chapter: generation.

    >>> from torchbook.gpt import GPT, GPTConfig
    >>> model = GPT(GPTConfig(vocab_size=9, context_length=8, d_model=8, n_head=2, n_layer=1))
    >>> [len(text) for text in generate(model, [[1, 2, 3], [4]], max_new_tokens=5)]
    [8, 6]
    """
    columns = [*stream(model, prompts, max_new_tokens, end=end, cached=cached, **choice)]
    if not columns:
        return [list(prompt) for prompt in prompts]
    texts = []
    for prompt, new in zip(prompts, torch.stack(columns, dim=1).tolist(), strict=True):
        stop = new.index(end) + 1 if end in new else len(new)
        texts.append([*prompt, *new[:stop]])
    return texts


def check(model: LanguageModel, prompts: Sequence[Sequence[int]], max_new_tokens: int) -> None:
    """ValueError, with the cure, for prompts that the model cannot go on with.

    >>> check(torch.nn.Identity(), [[]], max_new_tokens=1)
    Traceback (most recent call last):
    ValueError: prompt 0 is empty: begin with at least one id
    """
    config = getattr(model, "config", None)
    V, limit = getattr(config, "vocab_size", None), getattr(config, "context_length", None)
    if not prompts or max_new_tokens < 0:
        raise ValueError(f"{len(prompts)} prompts, {max_new_tokens} new tokens: give one or more")
    for i, prompt in enumerate(prompts):
        if len(prompt) == 0:
            raise ValueError(f"prompt {i} is empty: begin with at least one id")
        if V is not None and not 0 <= min(prompt) <= max(prompt) < V:
            raise ValueError(
                f"prompt {i} has ids from {min(prompt)} to {max(prompt)}, but vocab_size={V}: use "
                "the tokenizer that the model was trained with"
            )
        if limit is not None and len(prompt) + max_new_tokens > limit:
            raise ValueError(
                f"prompt {i} has {len(prompt)} ids, and with {max_new_tokens} new ones exceeds "
                f"context_length={limit}: shorten the prompt or ask for less"
            )
