"""Generation equals transformers', cached or not, whatever the neighbours in the batch."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from test_gpt import SMALL, as_gpt2, random_gpt

from torchbook.generate import generate, stream
from torchbook.gpt import GPT
from torchbook.llama import Llama, LlamaConfig

IDS = st.lists(st.integers(0, SMALL.vocab_size - 1), min_size=1, max_size=5)
PROMPTS = [[3, 1, 4, 1, 5], [9], [2, 6, 5]]
few = settings(max_examples=12, derandomize=True, deadline=None)


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(0)
    return random_gpt()


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator(torch.get_default_device()).manual_seed(seed)


@few
@given(prompts=st.lists(IDS, min_size=1, max_size=4), end=st.none() | st.integers(0, 16))
def test_greedy_generation_equals_that_of_transformers(model, prompts, end):
    T = max(map(len, prompts))
    ids = torch.tensor([[0] * (T - len(p)) + p for p in prompts])
    real = torch.tensor([[0] * (T - len(p)) + [1] * len(p) for p in prompts])
    theirs = as_gpt2(model).generate(
        ids,
        attention_mask=real,
        max_new_tokens=6,
        eos_token_id=end,
        pad_token_id=0,
        do_sample=False,
    )
    for ours, row, prompt in zip(
        generate(model, prompts, 6, end=end), theirs.tolist(), prompts, strict=True
    ):
        new = row[T:]
        expected = new[: new.index(end) + 1] if end in new else new
        assert ours == prompt + expected


@few
@given(
    prompts=st.lists(IDS, min_size=1, max_size=4),
    temperature=st.sampled_from([0.0, 0.7, 1.5]),
    top_k=st.none() | st.integers(1, 9),
    end=st.none() | st.integers(0, 16),
)
def test_the_cache_changes_no_token(model, prompts, temperature, top_k, end):
    cached, uncached = (
        generate(
            model,
            prompts,
            7,
            end=end,
            cached=cached,
            temperature=temperature,
            top_k=top_k,
            generator=seeded(),
        )
        for cached in (True, False)
    )
    assert cached == uncached


def test_the_cache_changes_no_token_of_a_llama():
    config = LlamaConfig(17, 12, d_model=16, n_head=4, n_kv_head=2, n_layer=2, d_ff=24)
    model = Llama(config).double().eval()
    options = {"temperature": 1.0, "max_new_tokens": 7}
    cached = generate(model, PROMPTS, generator=seeded(), **options)
    assert cached == generate(model, PROMPTS, generator=seeded(), cached=False, **options)
    assert generate(model, PROMPTS, 7) == [generate(model, [p], 7)[0] for p in PROMPTS]


def test_each_text_is_what_it_would_be_alone(model):
    together = generate(model, PROMPTS, 6)
    assert together == [generate(model, [prompt], 6)[0] for prompt in PROMPTS]
    assert [text[: len(p)] for text, p in zip(together, PROMPTS, strict=True)] == PROMPTS


def test_a_text_stops_at_its_end_and_the_others_go_on(model):
    free = generate(model, PROMPTS, 7)
    end = free[0][len(PROMPTS[0]) + 2]
    for text, whole, prompt in zip(
        generate(model, PROMPTS, 7, end=end), free, PROMPTS, strict=True
    ):
        new = whole[len(prompt) :]
        stop = new.index(end) + 1 if end in new else 7
        assert text == prompt + new[:stop]


def test_a_text_that_has_ended_goes_on_saying_so(model):
    end = generate(model, PROMPTS, 7)[0][len(PROMPTS[0])]
    columns = list(stream(model, PROMPTS, 7, end=end))
    assert len(columns) > 1, "choose prompts of which one goes on"
    assert [column[0].item() for column in columns] == [end] * len(columns)


def test_the_stream_stops_when_all_have_ended(model):
    first = generate(model, [PROMPTS[0]], 7)[0][5:]
    columns = list(stream(model, [PROMPTS[0]] * 2, 7, end=first[1]))
    assert [column.tolist() for column in columns] == [[i, i] for i in first[: len(columns)]]
    assert len(columns) == first.index(first[1]) + 1


def test_the_stream_is_what_generate_returns_and_computes_no_further(model):
    calls = []
    handle = model.register_forward_hook(lambda *_: calls.append(1))
    columns = stream(model, PROMPTS, 7)
    texts = generate(model, PROMPTS, 7)
    calls.clear()
    for i, column in enumerate(columns):
        assert column.tolist() == [t[len(p) + i] for t, p in zip(texts, PROMPTS, strict=True)]
        assert len(calls) == i + 1
    handle.remove()


def test_with_the_cache_a_step_computes_one_position(model):
    widths = []
    handle = model.register_forward_pre_hook(lambda _, args: widths.append(args[0].shape[1]))
    generate(model, PROMPTS, 4)
    generate(model, PROMPTS, 4, cached=False)
    handle.remove()
    assert widths == [5, 1, 1, 1, 5, 6, 7, 8]


def test_a_generator_decides_and_no_gradient_is_kept(model):
    one, same, other = (
        generate(model, PROMPTS, 7, temperature=1.0, generator=seeded(s)) for s in (0, 0, 1)
    )
    assert one == same != other
    assert not next(stream(model, PROMPTS, 1)).requires_grad
    assert torch.is_grad_enabled()


def test_no_new_token_is_no_change(model):
    assert generate(model, PROMPTS, 0) == PROMPTS


@pytest.mark.parametrize(
    ("prompts", "n", "message"),
    [
        ([], 1, r"0 prompts, 1 new tokens: give one or more"),
        ([[1]], -1, r"1 prompts, -1 new tokens"),
        ([[1], []], 1, r"prompt 1 is empty: begin with at least one id"),
        ([[1], [2, 17]], 1, r"prompt 1 has ids from 2 to 17, but vocab_size=17: use the tokenizer"),
        ([[-1, 3]], 1, r"prompt 0 has ids from -1 to 3, but vocab_size=17"),
        ([[1], [1] * 5], 8, r"prompt 1 has 5 ids, and with 8 new ones exceeds context_length=12"),
    ],
)
def test_bad_prompts_are_refused_with_the_cure(model, prompts, n, message):
    with pytest.raises(ValueError, match=message):
        generate(model, prompts, n)
    assert len(generate(model, [[1] * 5], 7)[0]) == 12


def test_a_model_that_is_a_bare_function_of_ids_can_write():
    class Next(torch.nn.Linear):
        """Says the next number, and remembers nothing."""

        def forward(self, ids, mask=None, cache=None):
            return torch.nn.functional.one_hot((ids + 1) % 7, 7).float()

        def new_cache(self):
            return []

    assert generate(Next(1, 1), [[0], [4, 5]], 3) == [[0, 1, 2, 3], [4, 5, 6, 0, 1]]


def test_nothing_is_made_on_the_cpu():
    with refuse_cpu() as device:
        model = GPT(SMALL).to(device)
        for options in ({}, {"cached": False}, {"temperature": 0.8, "top_k": 3, "top_p": 0.9}):
            assert [c.shape for c in stream(model, PROMPTS, 3, **options)] == [(3,)] * 3
            assert next(stream(model, PROMPTS, 3, **options)).device == device
        with pytest.raises(RuntimeError, match="meta"):  # whether all have ended is a number
            list(stream(model, PROMPTS, 3, end=0))


def test_the_longest_text_fits_exactly():
    assert math.prod(len(t) for t in generate(random_gpt(), [[1], [1] * 11], 1)) == 2 * 12
