"""Beam search: a text less likely at first may be the likelier one in the end.

Dimensions: N texts that are being written, V vocabulary.  Chapter: generation.
"""

from collections.abc import Sequence

import torch

from torchbook.generate import LanguageModel, check


@torch.inference_mode()
def beam_search(
    model: LanguageModel,
    prompt: Sequence[int],
    max_new_tokens: int,
    *,
    beams: int,
    end: int | None = None,
    length_penalty: float = 1.0,
    cached: bool = True,
) -> list[int]:
    """The prompt and the likeliest continuation found by keeping the best `beams` at every step.

    Texts that end are compared by log-probability / length ** length_penalty, in nats, the length
    without the prompt; the search stops when no open text can do better at its present length.
    One prompt, so that an encoder-decoder's one source serves all beams.  ValueError as `stream`,
    or for no beam.
    Source: Wu et al. (2016), section 7, without its coverage penalty.  Chapter: generation.

    >>> from torchbook.gpt import GPT, GPTConfig
    >>> model = GPT(GPTConfig(vocab_size=9, context_length=8, d_model=8, n_head=2, n_layer=1))
    >>> len(beam_search(model, [1, 2, 3], max_new_tokens=5, beams=4))
    8
    """
    check(model, [prompt], max_new_tokens)
    if beams < 1:
        raise ValueError(f"beams={beams}: give 1 or more")
    device = next(model.parameters()).device
    cache = model.new_cache() if cached else None
    texts, scores = [list(prompt)], torch.zeros(1, device=device)
    ids = torch.tensor(texts, device=device)
    finished: list[tuple[float, list[int]]] = []
    for length in range(1, max_new_tokens + 1):
        logits = model(ids, cache=cache)[:, -1]
        N, V = logits.shape
        totals = scores[:, None] + logits.log_softmax(dim=-1)  # (N, V)
        best = totals.flatten().topk(min(2 * beams, N * V))  # half of them may end
        texts_before, texts, rows, open_scores = texts, [], [], []
        for rank, (score, i) in enumerate(zip(*map(torch.Tensor.tolist, best), strict=True)):
            row, token = divmod(i, V)
            text = [*texts_before[row], token]
            if token == end or length == max_new_tokens:
                if rank < beams:
                    finished.append((score / length**length_penalty, text))
            elif len(texts) < beams:
                texts.append(text)
                rows.append(row)
                open_scores.append(score)
        finished = sorted(finished, key=lambda pair: pair[0], reverse=True)[:beams]
        full = len(finished) == beams  # then a new one must beat the worst of them
        if not texts or (full and open_scores[0] / length**length_penalty <= finished[-1][0]):
            break
        scores = torch.tensor(open_scores, device=device)
        for layer in cache or []:
            layer.keep(torch.tensor(rows, device=device))
        ids = torch.tensor([text[-1:] if cached else text for text in texts], device=device)
    return finished[0][1] if finished else list(prompt)
