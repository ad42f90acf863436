"""Words that keep the same company get similar vectors: skip-gram with negative sampling.

Dimensions: B pairs, K negatives for each, C d_model, V vocab_size, T tokens of a text.
Chapter: embeddings.  Source: Mikolov et al. (2013b), "Distributed Representations of Words and
Phrases and their Compositionality", section 2.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def pairs(ids: Tensor, window: int) -> Tensor:
    """Every token with each neighbour up to `window` places away: ids (T) -> (N, 2), centre first.

    A text of one token has no pairs.  The borders of sentences are not known here: call it for each
    sentence if pairs must not cross them.  ValueError if ids are not (T) or window is below 1.
    Source: Mikolov et al. (2013b), equation 1.  Chapter: embeddings.

    >>> pairs(torch.tensor([5, 6, 7]), window=1).tolist()
    [[5, 6], [6, 7], [6, 5], [7, 6]]
    """
    if ids.dim() != 1 or window < 1:
        raise ValueError(
            f"ids {tuple(ids.shape)}, window {window}: ids must be (T), the window at least 1"
        )
    found = []
    for distance in range(1, min(window, len(ids) - 1) + 1):
        left, right = ids[:-distance], ids[distance:]
        found += [torch.stack((left, right), dim=1), torch.stack((right, left), dim=1)]
    return torch.cat(found) if found else ids.new_empty(0, 2)


def noise(counts: Tensor) -> Tensor:
    """How often each word is drawn as a negative: its count to the power 3/4, as a probability.

    counts (V) of any dtype -> (V) float32 that sums to one.  Rare words come up more often than in
    the text, frequent ones less; what was never counted never comes up.  ValueError if counts are
    not (V).  Source: Mikolov et al. (2013b), section 2.2.  Chapter: embeddings.

    >>> noise(torch.tensor([16, 1, 0]))  # 16 ** 0.75 is 8
    tensor([0.8889, 0.1111, 0.0000])
    """
    if counts.dim() != 1 or not len(counts):
        raise ValueError(f"counts are {tuple(counts.shape)}: give one for each word, (V)")
    weights = counts.float() ** 0.75
    return weights / weights.sum()


class SkipGram(nn.Module):
    """Two tables of vectors, for a word as centre and as context; its output is the loss.

    Draw the negatives with `torch.multinomial(noise(counts), B * K, replacement=True).view(B, K)`.
    The first loss is (1 + K) log 2, as word2vec starts with contexts of 0.  The vectors to keep are
    those of `centre.weight` (V, C).  ids outside the vocabulary: IndexError from `nn.Embedding`, on
    a GPU an assert.  Source: Mikolov et al. (2013b), equation 4.  Chapter: embeddings.

    >>> model = SkipGram(vocab_size=9, d_model=4)
    >>> model(torch.tensor([0, 1]), torch.tensor([1, 2]), torch.tensor([[7, 8], [3, 5]]))
    tensor(2.0794, grad_fn=<NegBackward0>)
    """

    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.centre = nn.Embedding(vocab_size, d_model)
        self.context = nn.Embedding(vocab_size, d_model)
        nn.init.uniform_(self.centre.weight, -0.5 / d_model, 0.5 / d_model)
        nn.init.zeros_(self.context.weight)

    def forward(self, centres: Tensor, contexts: Tensor, negatives: Tensor) -> Tensor:
        """centres (B), contexts (B), negatives (B, K) -> (): nats per pair, with its negatives.

        A pair of the text should score high, a word with a random one low.  ValueError for shapes
        that do not fit, which could broadcast unseen.
        """
        B = len(centres)
        if contexts.shape != (B,) or negatives.dim() != 2 or len(negatives) != B:
            shapes = [tuple(ids.shape) for ids in (centres, contexts, negatives)]
            raise ValueError(f"ids of shapes {shapes}: they must be (B), (B) and (B, K)")
        centre = self.centre(centres)  # (B, C)
        real = (centre * self.context(contexts)).sum(dim=1)  # (B)
        random = torch.einsum("bc,bkc->bk", centre, self.context(negatives))  # (B, K)
        return -(F.logsigmoid(real) + F.logsigmoid(-random).sum(dim=1)).mean()


def nearest(
    vectors: Tensor, query: Tensor, k: int, exclude: tuple[int, ...] = ()
) -> tuple[Tensor, Tensor]:
    """The k rows with the largest cosine to the query, best first: cosines (k) and ids (k).

    vectors (V, C), query (C); the ids in `exclude` are left out.  A vector of zeros has cosine 0.
    ValueError if fewer than k are left.  Chapter: embeddings.

    >>> vectors = torch.tensor([[1.0, 0.0], [3.0, 4.0], [-2.0, 0.0]])
    >>> cosines, ids = nearest(vectors, vectors[0], k=2)
    >>> ids.tolist(), round(cosines[1].item(), 4)
    ([0, 1], 0.6)
    """
    if not 0 < k <= len(vectors) - len(set(exclude)):
        raise ValueError(
            f"k={k} of {len(vectors)} vectors without {len(set(exclude))}: ask for one to all"
        )
    cosines = F.cosine_similarity(vectors, query, dim=-1)  # (V)
    if exclude:
        cosines[list(exclude)] = float("-inf")
    best = cosines.topk(k)
    return best.values, best.indices


def analogy(vectors: Tensor, a: int, b: int, c: int, k: int = 1) -> tuple[Tensor, Tensor]:
    """a is to b as c is to what?  The k nearest to b - a + c, as in `nearest`: cosines and ids.

    The three vectors are made of length 1 first, and their own words are left out: without that,
    the answer is often b or c itself, which is worth remembering when an analogy impresses.
    Source: Mikolov, Yih and Zweig (2013), section 4.  Chapter: embeddings.

    >>> man, woman, king, queen = [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 9.0], [1.0, 1.0, 9.0]
    >>> analogy(torch.tensor([man, woman, king, queen]), 0, 1, 2)[1].item()
    3
    """
    one = F.normalize(vectors[[a, b, c]], dim=-1)
    return nearest(vectors, one[1] - one[0] + one[2], k, exclude=(a, b, c))
