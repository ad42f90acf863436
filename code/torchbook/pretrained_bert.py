"""Pretrained weights of BERT's kind: other people's names of tensors become ours.

Source: Devlin et al. (2019), and the code released with it.  Chapter: pretrained.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from torchbook.bert import Bert, BertConfig, MaskedLM
from torchbook.hub import read_pretrained, require, size
from torchbook.weights import Blank, drop_copy, fill, join, rename

NAMES = {  # patterns in BERT's names, and ours
    r"^bert\.": "",
    r"^embeddings\.word_embeddings": "embed",
    r"^embeddings\.position_embeddings": "position",
    r"^embeddings\.token_type_embeddings": "token_type",
    r"^embeddings\.LayerNorm": "norm",
    r"^encoder\.layer\.": "blocks.",
    r"attention\.self\.": "attention.",
    r"attention\.output\.dense": "attention.out",
    r"attention\.output\.LayerNorm": "attention_norm",
    r"intermediate\.dense": "feed_forward.up",
    r"output\.dense": "feed_forward.down",
    r"output\.LayerNorm": "feed_forward_norm",
    r"^cls\.predictions\.transform\.dense": "head.0",
    r"^cls\.predictions\.transform\.LayerNorm": "head.2",
    r"^cls\.predictions\.bias": "bias",
    r"\.gamma$": ".weight",  # so called in the oldest files
    r"\.beta$": ".bias",
}
HEADS = "head.", "bias", "cls.", "pooler.", "classifier.", "qa_outputs."  # what follows a BERT


def load_bert(
    name: str | Path, revision: str | None = None, sha256: str | None = None, p_drop: float = 0.0
) -> Bert:
    """A Bert with the weights of a checkpoint, without its heads; otherwise as `load_gpt`.

    Chapter: pretrained.

    >>> load_bert("no/such/model")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    FileNotFoundError: 'no/such/model' is no folder here, ...
    """
    config, theirs = read_pretrained(name, revision, sha256)
    model, weights = bert_of(config, theirs, p_drop)
    fill(model, {n: w for n, w in weights.items() if not n.startswith(HEADS)}, str(name))
    return model.eval()


def load_masked_lm(
    name: str | Path, revision: str | None = None, sha256: str | None = None, p_drop: float = 0.0
) -> MaskedLM:
    """A MaskedLM, which fills gaps, with the weights of a checkpoint; otherwise as `load_gpt`.

    Chapter: pretrained.

    >>> load_masked_lm("no/such/model")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    FileNotFoundError: 'no/such/model' is no folder here, ...
    """
    config, theirs = read_pretrained(name, revision, sha256)
    bert, weights = bert_of(config, theirs, p_drop)
    drop_copy(weights, "cls.predictions.decoder.weight", "embed.weight")
    drop_copy(weights, "cls.predictions.decoder.bias", "bias")
    with Blank():
        model = MaskedLM(bert)
    ours = {n if n.startswith(("head.", "bias")) else f"bert.{n}": w for n, w in weights.items()}
    other = tuple(f"bert.{head}" for head in ("pooler.", "cls.seq_relationship."))
    fill(model, {n: w for n, w in ours.items() if not n.startswith(other)}, str(name))
    return model.eval()


def bert_of(
    config: Mapping[str, Any], theirs: Mapping[str, Tensor], p_drop: float = 0.0
) -> tuple[Bert, dict[str, Tensor]]:
    """A Bert of the configuration's sizes, still without numbers, and the weights by our names."""
    C = size(config, "hidden_size")
    require(config, model_type=("bert",), hidden_act=("gelu",), type_vocab_size=(2,))
    require(config, intermediate_size=(4 * C,), position_embedding_type=("absolute",))
    require(config, is_decoder=(False,))
    sizes = BertConfig(
        vocab_size=size(config, "vocab_size"),
        context_length=size(config, "max_position_embeddings"),
        d_model=C,
        n_head=size(config, "num_attention_heads"),
        n_layer=size(config, "num_hidden_layers"),
        p_drop=p_drop,
        eps=config.get("layer_norm_eps", 1e-12),
    )
    weights = {
        rename(name, NAMES): tensor
        for name, tensor in theirs.items()
        if not name.endswith("position_ids")  # 0, 1, 2, ...
    }
    for i in range(sizes.n_layer):
        for kind in "weight", "bias":
            parts = [f"blocks.{i}.attention.{part}.{kind}" for part in ("query", "key", "value")]
            join(weights, parts, f"blocks.{i}.attention.qkv.{kind}")
    with Blank():
        return Bert(sizes), weights
