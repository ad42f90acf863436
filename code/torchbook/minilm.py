"""MiniLM, a small encoder whose vectors of sentences are near where the sentences mean alike.

Source: Wang et al. (2020), for the model; Reimers and Gurevych (2019), section 3, for the vectors.
Chapter: embeddings.
"""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from torchbook.bert import Bert
from torchbook.packaged import packaged
from torchbook.pretrained_bert import load_bert
from torchbook.wordpiece import MINILM, WordPiece, minilm_wordpiece

CONFIG_SHA256 = "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 256  # tokens of a sentence; it was not trained on longer ones


def minilm() -> tuple[Bert, WordPiece]:
    """all-MiniLM-L6-v2 and its tokenizer: 6 layers, 23 million parameters, about 0.3 s.

    FileNotFoundError or ValueError, with the command that mends it, if a file is not there or
    altered.  Chapter: embeddings.

    >>> model, tokenizer = minilm()
    >>> sentence_vectors(model, tokenizer, ["A cat sleeps.", "It rains."]).shape
    torch.Size([2, 384])
    """
    packaged(MINILM, "model/config.json", CONFIG_SHA256)
    weights = packaged(MINILM, "model/model.safetensors", WEIGHTS_SHA256)
    return load_bert(weights.parent), minilm_wordpiece()


def sentence_vectors(model: Bert, tokenizer: WordPiece, sentences: Sequence[str]) -> Tensor:
    """N sentences -> (N, C), of length 1: the mean of their tokens' vectors, padding left out.

    The product of two is the cosine of their angle, 1 for the same direction.  What follows the
    256th token of a sentence is cut off.  ValueError for no sentences.  Chapter: embeddings.
    """
    ids, mask = tokenizer.batch(sentences, LONGEST)
    device = model.embed.weight.device
    ids, mask = ids.to(device), mask.to(device)
    x = model(ids, mask) * mask[..., None]  # (N, T, C)
    return F.normalize(x.sum(dim=1), dim=-1)  # the sum has the mean's direction
