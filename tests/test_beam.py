"""Beam search equals transformers', and finds the best text where it can see all of them."""

import itertools

import pytest
import torch
from test_gpt import SMALL, as_gpt2, random_gpt

from torchbook.beam import beam_search
from torchbook.generate import generate
from torchbook.gpt import GPT, GPTConfig


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(0)
    return random_gpt()


@pytest.fixture(scope="module")
def gpt2(model):
    return as_gpt2(model)


@pytest.mark.parametrize("penalty", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("rank", [None, 0, 1, 2, 3, 5])
def test_beam_search_equals_that_of_transformers(model, gpt2, rank, penalty):
    """`rank` chooses the end: the likeliest first id, the second likeliest ... or none."""
    for prompt, beams in itertools.product(([3, 1], [5], [2, 2, 7]), (2, 3, 4)):
        likeliest = model(torch.tensor([prompt]))[0, -1].argsort(descending=True).tolist()
        end = None if rank is None else likeliest[rank]
        theirs = gpt2.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt)),
            max_new_tokens=7,
            num_beams=beams,
            eos_token_id=end,
            pad_token_id=99 % SMALL.vocab_size if end is None else end,
            length_penalty=penalty,
            do_sample=False,
        )
        new = theirs[0, len(prompt) :].tolist()
        expected = new[: new.index(end) + 1] if end in new else new
        ours = beam_search(model, prompt, 7, beams=beams, end=end, length_penalty=penalty)
        assert ours == prompt + expected


def log_probability(model: GPT, text: list[int], start: int) -> float:
    ids = torch.tensor([text])
    steps = model(ids).log_softmax(dim=-1)[0, start - 1 : -1]
    return steps.gather(1, ids[0, start:, None]).sum().item()


def test_beams_that_see_every_text_find_the_best():
    model = random_gpt(config=GPTConfig(5, 8, 8, 2, 1))
    prompt = [1, 2]
    every = [prompt + list(new) for new in itertools.product(range(5), repeat=3)]
    best = max(every, key=lambda text: log_probability(model, text, start=2))
    assert beam_search(model, prompt, 3, beams=125) == best


def test_one_beam_without_an_end_is_greedy(model):
    assert beam_search(model, [3, 1], 7, beams=1) == generate(model, [[3, 1]], 7)[0]


def test_a_wider_beam_finds_likelier_texts_on_the_whole(model):
    def total(beams: int) -> float:
        texts = [beam_search(model, [i], 7, beams=beams) for i in range(17)]
        return sum(log_probability(model, text, start=1) for text in texts)

    assert total(1) < total(4)


@pytest.mark.parametrize("end", [None, 0, 5])
def test_the_cache_changes_no_token(model, end):
    for prompt in ([1], [3, 1, 4, 1]):
        cached, uncached = (
            beam_search(model, prompt, 7, beams=3, end=end, cached=c) for c in (True, False)
        )
        assert cached == uncached


def test_a_large_length_penalty_prefers_long_texts(model):
    lengths = {
        penalty: sum(
            len(beam_search(model, [i], 9, beams=4, end=5, length_penalty=penalty))
            for i in range(17)
        )
        for penalty in (0.0, 3.0)
    }
    assert lengths[0.0] < lengths[3.0]


def test_bad_arguments_are_refused_with_the_cure(model):
    with pytest.raises(ValueError, match=r"beams=0: give 1 or more"):
        beam_search(model, [1], 3, beams=0)
    with pytest.raises(ValueError, match=r"prompt 0 is empty"):
        beam_search(model, [], 3, beams=2)
    with pytest.raises(ValueError, match=r"prompt 0 has 5 ids.*context_length=12"):
        beam_search(model, [1] * 5, 8, beams=2)
    assert beam_search(model, [1, 2], 0, beams=2) == [1, 2]
