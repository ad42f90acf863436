"""How fast SmolLM2 loads and speaks, beside transformers with the same float32 weights.

    python benchmarks/smollm2.py [PAIRS [TOKENS]]

One thread, batch 1, greedy, with both caches.  Ours and theirs speak in turn, and what is printed
is the median of the ratios of the pairs, so that a busy machine slows both.
"""

import sys
import time
from collections.abc import Callable
from statistics import median

import torch
import transformers

from torchbook.generate import generate
from torchbook.llama import Llama
from torchbook.smollm2 import smollm2

PROMPT = "The capital of France is Paris. The history of the city"


def in_transformers(model: Llama) -> transformers.LlamaForCausalLM:
    """The same model in transformers, with the same numbers, stored in rows as it does."""
    config = model.config
    weights, heads = {}, [config.n_head, config.n_kv_head, config.n_kv_head]
    for name, weight in model.state_dict().items():
        name = name.replace("blocks.", "model.layers.").replace("embed.", "embed_tokens.", 1)
        name = name.replace("attention_norm", "input_layernorm").replace("attention.", "self_attn.")
        name = name.replace("feed_forward_norm", "post_attention_layernorm")
        for part in "gate", "up", "down":
            name = name.replace(f"feed_forward.{part}", f"mlp.{part}_proj")
        name = name.replace("unembed_tokens", "lm_head").replace(
            "self_attn.out", "self_attn.o_proj"
        )
        if name.startswith(("norm.", "embed_tokens.")):
            name = f"model.{name}"
        if "qkv" in name:
            rows = [n * config.head_dim for n in heads]
            for part, tensor in zip("qkv", weight.split(rows), strict=True):
                weights[name.replace("qkv", f"{part}_proj")] = tensor
        else:
            weights[name] = weight
    with torch.device("meta"):
        theirs = transformers.LlamaForCausalLM(
            transformers.LlamaConfig(
                vocab_size=config.vocab_size,
                hidden_size=config.d_model,
                intermediate_size=config.d_ff,
                num_hidden_layers=config.n_layer,
                num_attention_heads=config.n_head,
                num_key_value_heads=config.n_kv_head,
                max_position_embeddings=config.context_length,
                rms_norm_eps=config.eps,
                rope_parameters={"rope_type": "default", "rope_theta": config.rope_base},
                tie_word_embeddings=config.tied,
                bos_token_id=None,
                eos_token_id=None,
            )
        )
    copies = {
        name: weight.clone(memory_format=torch.contiguous_format)
        for name, weight in weights.items()
    }
    theirs.load_state_dict(copies, assign=True)
    theirs.tie_weights()
    theirs.model.rotary_emb = type(theirs.model.rotary_emb)(theirs.config)  # was on meta, too
    return theirs.eval()


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main(pairs: int = 5, tokens: int = 64) -> None:
    torch.set_num_threads(1)
    loads = [seconds(smollm2) for _ in range(3)]
    model, tokenizer = smollm2()
    theirs = in_transformers(model)
    prompt = tokenizer.encode(PROMPT)
    ids = torch.tensor([prompt])

    def we_speak() -> list[int]:
        return generate(model, [prompt], tokens)[0]

    @torch.inference_mode()
    def they_speak() -> list[int]:
        return theirs.generate(ids, max_new_tokens=tokens, do_sample=False)[0].tolist()

    assert we_speak() == they_speak()
    times = [(seconds(we_speak), seconds(they_speak)) for _ in range(pairs)]
    ours, others = (tokens / median(column) for column in zip(*times, strict=True))
    ratio = median(their / our for our, their in times)
    print("SmolLM2-135M, float32, one thread, batch 1, greedy")
    print(f"{'load, seconds, median of 3':34}{median(loads):8.2f}   target <= 4")
    print(f"{'torchbook, tokens/s':34}{ours:8.2f}")
    print(f"{'transformers, tokens/s':34}{others:8.2f}")
    print(f"{'times as fast, median of pairs':34}{ratio:8.2f}   target >= 1.5")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
