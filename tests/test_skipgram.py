"""Skip-gram's loss is its formula, and its vectors find the words that keep company."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch.func import functional_call
from torch.testing import assert_close

from torchbook.skipgram import SkipGram, analogy, nearest, noise, pairs

few = settings(max_examples=30, derandomize=True, deadline=None)
TEXT = "the cat drinks milk . the dog eats meat . a cat wants milk . a dog wants meat ."
WORDS = sorted(set(TEXT.split()))


def batch(B=6, K=3, V=7, device=None):
    def draw(*shape):
        return torch.randint(V, shape, device=device)

    return draw(B), draw(B), draw(B, K)


def random_model(V=7, C=4, dtype=torch.float64):
    model = SkipGram(V, C).to(dtype)
    torch.nn.init.normal_(model.centre.weight)
    torch.nn.init.normal_(model.context.weight)
    return model


@few
@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 15))
def test_pairs_are_all_neighbours_within_the_window(ids, window):
    T = len(ids)
    near = [(ids[s], ids[t]) for s in range(T) for t in range(T) if 0 < abs(s - t) <= window]
    found = pairs(torch.tensor(ids, dtype=torch.int64), window)
    assert found.shape == (len(near), 2)
    assert found.dtype == torch.int64
    assert sorted(map(tuple, found.tolist())) == sorted(near)


def test_noise_is_the_count_to_the_power_three_quarters():
    counts = torch.tensor([81, 16, 1, 0])
    assert_close(noise(counts), torch.tensor([27.0, 8.0, 1.0, 0.0]) / 36)
    assert_close(noise(counts).sum(), torch.tensor(1.0))


def test_the_loss_is_the_formula():
    model, (centres, contexts, negatives) = random_model(), batch()

    def score(centre, context):
        u, v = model.centre.weight[centre].tolist(), model.context.weight[context].tolist()
        return sum(a * b for a, b in zip(u, v, strict=True))

    def log_sigmoid(z):
        return -math.log(1 + math.exp(-z))

    total = 0.0
    for c, o, words in zip(*(t.tolist() for t in (centres, contexts, negatives)), strict=True):
        total -= log_sigmoid(score(c, o)) + sum(log_sigmoid(-score(c, n)) for n in words)
    loss = model(centres, contexts, negatives)
    assert_close(loss.item(), total / len(centres), rtol=1e-10, atol=1e-10)
    single = random_model().float()
    single.load_state_dict(model.state_dict())
    assert_close(single(centres, contexts, negatives), loss.float())


def test_gradients_match_finite_differences():
    model, ids = random_model(), batch()
    names, tables = zip(*model.named_parameters(), strict=True)
    assert torch.autograd.gradcheck(
        lambda *t: functional_call(model, dict(zip(names, t, strict=True)), ids), tables
    )


@pytest.mark.parametrize("K", [1, 5])
def test_the_first_loss_is_that_of_tossing_coins(K):
    assert_close(SkipGram(7, 4)(*batch(K=K)).item(), (1 + K) * math.log(2))


def test_centres_begin_small_and_different():
    weight = SkipGram(50, 8).centre.weight
    assert weight.abs().max() <= 0.5 / 8
    assert weight.unique(dim=0).shape == weight.shape


def test_words_that_keep_company_are_found():
    ids = torch.tensor([WORDS.index(word) for word in TEXT.split()])
    found = torch.cat([pairs(sentence, window=3) for sentence in ids.split([5, 5, 5, 5])])
    p = noise(ids.bincount())
    model = SkipGram(len(WORDS), 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(100):
        negatives = torch.multinomial(p, len(found) * 5, replacement=True).view(-1, 5)
        loss = model(*found.T, negatives)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.8 * 6 * math.log(2)
    cat, dog, milk, meat = map(WORDS.index, ("cat", "dog", "milk", "meat"))
    scores = model.centre.weight @ model.context.weight.T  # how well a context goes with a centre
    assert scores[cat, milk] > scores[cat, meat]
    assert scores[dog, meat] > scores[dog, milk]


def test_nearest_sorts_by_cosine_whatever_the_length():
    vectors, query = torch.randn(20, 6, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
    cosines = vectors @ query / (vectors.norm(dim=1) * query.norm())
    expected = cosines.sort(descending=True)
    values, ids = nearest(vectors * torch.arange(1, 21)[:, None], query * 3, k=20)
    assert_close(values, expected.values, rtol=1e-10, atol=1e-10)
    assert ids.tolist() == expected.indices.tolist()


def test_excluded_words_are_not_found_and_the_vectors_stay_as_they_are():
    vectors = torch.randn(5, 3)
    before = vectors.clone()
    ids = nearest(vectors, vectors[2], k=3, exclude=(2, 4, 2))[1].tolist()
    assert sorted(ids) == [0, 1, 3]
    assert_close(vectors, before)


def test_a_table_that_learns_can_be_searched():
    model = random_model()
    assert nearest(model.centre.weight, model.centre.weight[2], k=1, exclude=(0,))[1].item() == 2


def test_a_vector_of_zeros_is_near_nothing():
    vectors = torch.tensor([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    assert nearest(vectors, vectors[1], k=3)[1].tolist() == [1, 0, 2]


def test_analogy_adds_a_direction_and_ignores_lengths():
    plural, female = torch.tensor([0.0, 0.0, 1.0, 0.0]), torch.tensor([0.0, 0.0, 0.0, 1.0])
    king, cat = torch.eye(4)[:2]
    vectors = torch.stack((king, king + plural, cat, cat + plural, king + female, cat + female))
    assert analogy(vectors, 0, 1, 2)[1].item() == 3  # king : kings = cat : cats
    lengths = torch.tensor([1.0, 50.0, 0.1, 2.0, 3.0, 7.0])[:, None]
    assert analogy(vectors * lengths, 0, 1, 2)[1].item() == 3
    assert_close(analogy(vectors * lengths, 0, 1, 2, k=3)[0], analogy(vectors, 0, 1, 2, k=3)[0])
    values, ids = analogy(vectors, 0, 4, 2, k=3)
    assert ids[0].item() == 5
    assert not {0, 4, 2} & set(ids.tolist())
    assert values.tolist() == sorted(values.tolist(), reverse=True)


def test_everything_runs_on_another_device():
    with refuse_cpu() as device:
        model = SkipGram(7, 4).to(device)
        model(*batch(device=device)).backward()
        table = model.centre.weight.detach()
        assert nearest(table, table[0], k=2, exclude=(0,))[1].device.type == "meta"
        assert analogy(table, 0, 1, 2)[0].device.type == "meta"
        assert pairs(torch.zeros(5, dtype=torch.int64, device=device), 2).shape == (14, 2)
        assert noise(torch.ones(4, device=device)).device.type == "meta"


IDS = torch.zeros(4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: pairs(IDS.view(2, 2), 1), r"ids \(2, 2\), window 1: ids must be \(T\)"),
        (lambda: pairs(IDS, 0), "window 0: .* the window at least 1"),
        (lambda: noise(torch.ones(2, 2)), r"counts are \(2, 2\): give one for each word"),
        (lambda: noise(torch.ones(0)), r"counts are \(0,\)"),
        (lambda: SkipGram(5, 2)(IDS, IDS, IDS), r"they must be \(B\), \(B\) and \(B, K\)"),
        (lambda: SkipGram(5, 2)(IDS, IDS[:1], IDS[:, None]), r"\[\(4,\), \(1,\), \(4, 1\)\]"),
        (lambda: SkipGram(5, 2)(IDS, IDS, IDS[:1, None]), "they must be"),
        (lambda: nearest(torch.ones(5, 2), torch.ones(2), 4, (0, 1, 1)), "k=4 of 5 .* without 2"),
        (lambda: nearest(torch.ones(5, 2), torch.ones(2), 0), "k=0 of 5 vectors"),
    ],
)
def test_bad_input_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_word_outside_the_vocabulary_is_refused():
    ids = IDS.cpu()
    with torch.device("cpu"), pytest.raises(IndexError, match="out of range"):
        SkipGram(3, 2)(ids + 3, ids, ids[:, None])
