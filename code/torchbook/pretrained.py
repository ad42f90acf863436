"""Pretrained weights read by our own code: other people's names of tensors become ours.

Here a GPT of GPT-2's kind; `torchbook.pretrained_bert` reads BERTs, `torchbook.minilm` and
`torchbook.smollm2` models that come in packages.
Source: Radford et al. (2019), and the code released with it.
Chapter: pretrained.
"""

from pathlib import Path

from torch import Tensor

from torchbook.gpt import GPT, GPTConfig
from torchbook.hub import read_pretrained, require, size
from torchbook.weights import Blank, drop_copy, fill, rename

NAMES = {  # patterns in GPT-2's names, and ours
    r"^transformer\.": "",
    r"^wte\.": "embed.",
    r"^wpe\.": "position.",
    r"^h\.": "blocks.",
    r"^ln_f\.": "norm.",
    r"\.ln_1\.": ".attention_norm.",
    r"\.ln_2\.": ".feed_forward_norm.",
    r"attn\.c_attn": "attention.qkv",
    r"attn\.c_proj": "attention.out",
    r"mlp\.c_fc": "feed_forward.up",
    r"mlp\.c_proj": "feed_forward.down",
}


def load_gpt(
    name: str | Path, revision: str | None = None, sha256: str | None = None, p_drop: float = 0.0
) -> GPT:
    """A GPT with the weights of a checkpoint of GPT-2's kind, ready to be asked: in `eval` mode.

    `load_gpt("gpt2")` brings 548 MB from the hub, once.  Errors as `read_pretrained`'s, and
    ValueError for a checkpoint of another kind of model.  Chapter: pretrained.

    >>> load_gpt("no/such/model")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    FileNotFoundError: 'no/such/model' is no folder here, ...
    """
    config, theirs = read_pretrained(name, revision, sha256)
    C = size(config, "n_embd")
    require(config, model_type=("gpt2",), n_inner=(None, 4 * C), layer_norm_epsilon=(1e-5,))
    require(config, activation_function=("gelu_new", "gelu_pytorch_tanh"))
    require(config, add_cross_attention=(False,), scale_attn_by_inverse_layer_idx=(False,))
    weights = {
        rename(theirs_name, NAMES): tensor.T if is_conv1d(theirs_name, tensor) else tensor
        for theirs_name, tensor in theirs.items()
        if not theirs_name.endswith((".attn.bias", ".attn.masked_bias"))  # the causal mask
    }
    drop_copy(weights, "lm_head.weight", "embed.weight")
    sizes = GPTConfig(
        vocab_size=size(config, "vocab_size"),
        context_length=size(config, "n_positions"),
        d_model=C,
        n_head=size(config, "n_head"),
        n_layer=size(config, "n_layer"),
        p_drop=p_drop,
    )
    with Blank():
        model = GPT(sizes)
    fill(model, weights, str(name))
    return model.eval()


def is_conv1d(name: str, tensor: Tensor) -> bool:
    """GPT-2 keeps these matrices as (in, out), nn.Linear as (out, in)."""
    return tensor.dim() == 2 and name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight"))
