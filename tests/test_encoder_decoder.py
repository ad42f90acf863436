"""What holds for BART and T5 alike: padding and caches change nothing, sources are looked at."""

import pytest
import test_seq2seq
import test_t5
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch.testing import assert_close

from torchbook.beam import beam_search
from torchbook.encoder_decoder import Given, shift_right
from torchbook.generate import generate
from torchbook.seq2seq import Seq2Seq, Seq2SeqConfig
from torchbook.t5 import T5, T5Config

V = 50
MODELS = {
    "bart": lambda: Seq2Seq(Seq2SeqConfig(V, 16, d_model=24, n_head=3, n_layer=2)),
    "t5": lambda: T5(T5Config(V, d_model=24, n_head=3, n_layer=2)),
}


@pytest.fixture(params=MODELS)
def model(request):
    """Each model, with weights large enough to see a difference."""
    model = MODELS[request.param]().double().eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.3)
    return model


def random_ids(*shape: int) -> torch.Tensor:
    return torch.randint(3, V, shape)


once_for_all = settings(max_examples=10, derandomize=True, deadline=None)


@pytest.mark.parametrize("dtype", test_t5.TOLERANCE, ids=str)
@pytest.mark.parametrize("reference", [test_seq2seq, test_t5], ids=MODELS)
@torch.no_grad()
def test_with_padding_the_logits_are_those_of_transformers(reference, dtype):
    ours, theirs = reference.ours_and_theirs(dtype)
    ids, targets_in = torch.randint(V, (3, 12)), torch.randint(V, (3, 9))
    mask = torch.arange(12) < torch.tensor([[12], [7], [1]])
    real = torch.arange(9) < torch.tensor([[2], [9], [5]])
    expected = theirs(ids, mask.long(), targets_in, real.long()).logits
    logits = ours(ids, targets_in, mask)
    assert_close(logits[real], expected[real], rtol=0, atol=reference.TOLERANCE[dtype])


@pytest.mark.parametrize("left", [False, True], ids=["right", "left"])
@torch.no_grad()
def test_padding_changes_nothing(model, left):
    @once_for_all
    @given(
        lengths=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 5)), min_size=1, max_size=3)
    )
    def check(lengths):
        B, Tk, T = len(lengths), max(n for n, _ in lengths), max(n for _, n in lengths)
        ids, targets_in = random_ids(B, Tk), random_ids(B, T)
        n_source, n_target = torch.tensor(lengths).T[..., None]  # (B, 1) each
        mask = torch.arange(Tk) >= Tk - n_source if left else torch.arange(Tk) < n_source
        real = torch.arange(T) >= T - n_target if left else torch.arange(T) < n_target
        source = model.encode(ids, mask)
        logits = model.decode(targets_in, source, mask, real)
        assert logits.isfinite().all()
        if not left:
            assert_close(model(ids, targets_in, mask)[real], logits[real])
        for i in range(B):
            alone = model(ids[i, mask[i]][None], targets_in[i, real[i]][None])[0]
            assert_close(logits[i, real[i]], alone)

    check()


@torch.no_grad()
def test_piece_by_piece_with_a_cache_is_all_at_once(model):
    @once_for_all
    @given(cuts=st.sets(st.integers(1, 8)))
    def check(cuts):
        ids, targets_in, mask = random_ids(2, 7), random_ids(2, 9), torch.ones(2, 7) > 0
        mask[1, 4:] = False
        source, cache, ends = model.encode(ids, mask), model.new_cache(), [*sorted(cuts), 9]
        pieces = [
            model.decode(targets_in[:, start:end], source, mask, cache=cache)
            for start, end in zip([0, *ends], ends, strict=False)
        ]
        assert_close(torch.cat(pieces, dim=1), model(ids, targets_in, mask))

    check()


@torch.no_grad()
def test_the_decoder_sees_the_whole_source_and_its_own_past_only(model):
    ids, targets_in = random_ids(1, 6), random_ids(1, 8)
    logits = model(ids, targets_in)
    for t in range(6):
        other = ids.clone()
        other[:, t] = (ids[:, t] + 1) % V
        assert not torch.isclose(model(other, targets_in), logits).all(dim=-1).any()
    other = targets_in.clone()
    other[:, 5] = (targets_in[:, 5] + 1) % V
    same = torch.isclose(model(ids, other), logits).all(dim=-1)
    assert same.tolist() == [[True] * 5 + [False] * 3]


@torch.no_grad()
def test_the_source_is_read_once(model):
    ids, cache, calls = random_ids(2, 6), model.new_cache(), []
    for name, module in model.named_modules():
        if name.endswith("cross.kv"):
            module.register_forward_hook(lambda *_: calls.append(1))
    source = model.encode(ids)
    for _ in range(4):
        model.decode(random_ids(2, 1), source, cache=cache)
    assert len(calls) == 2  # once in each layer
    assert [len(part) for part in cache] == [4, 6] * 2


@pytest.mark.parametrize("cached", [True, False], ids=["cached", "uncached"])
def test_a_model_given_its_source_writes_what_the_best_logits_say(model, cached):
    ids = random_ids(2, 6)
    mask = torch.arange(6) < torch.tensor([[6], [4]])
    expected = torch.zeros(2, 1, dtype=torch.int64)
    for _ in range(7):
        best = model(ids, expected, mask)[:, -1:].argmax(dim=-1)
        expected = torch.cat((expected, best), dim=1)
    texts = generate(Given(model, ids, mask), [[0], [0]], max_new_tokens=7, cached=cached)
    assert texts == expected.tolist()


def test_one_source_serves_all_beams(model):
    given = Given(model, random_ids(1, 6), torch.arange(6)[None] < 5)
    kept, again = (
        beam_search(given, [0], max_new_tokens=6, beams=4, end=1, cached=cached)
        for cached in (True, False)
    )
    assert kept == again


@pytest.mark.parametrize("kind", MODELS)
def test_a_reversal_is_learned_from_a_loss_of_about_log_v(kind):
    model, ids = MODELS[kind](), random_ids(4, 6)
    targets, losses = ids.flip(1), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        logits = model(ids, shift_right(targets, start=0))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    excess = losses[0] - torch.tensor(V).log().item()
    assert abs(excess) < 0.2 if kind == "bart" else 0 < excess < 1.5  # T5 starts less undecided
    assert losses[-1] < 0.3


IDS = torch.zeros(2, 4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("ids", "targets_in", "mask", "message"),
    [
        (IDS[:, :0], IDS, None, r"ids of shape \(2, 0\)"),
        (IDS, IDS[:, :0], None, r"ids of shape \(2, 0\)"),
        (IDS[:0], IDS, None, r"ids of shape \(0, 4\)"),
        (IDS, IDS[0], None, r"ids of shape \(4,\): give \(B, T\)"),
        (IDS, IDS.repeat(2, 1), None, "2 sources for 4 texts: give as many, or one"),
        (IDS, IDS, torch.ones(2, 4), "mask is torch.float32: make it bool, True = real"),
        (IDS, IDS, torch.ones(2, 3) > 0, r"mask of shape \(2, 3\): give \(2, 4\)"),
    ],
)
def test_bad_input_is_named(model, ids, targets_in, mask, message):
    with pytest.raises(ValueError, match=message):
        model(ids, targets_in, mask)


def test_a_source_mask_must_fit_its_source(model):
    source = model.encode(IDS)
    with pytest.raises(ValueError, match=r"mask of shape \(2, 3\): give \(2, 4\)"):
        model.decode(IDS, source, torch.ones(2, 3) > 0)
    with pytest.raises(ValueError, match=r"mask is torch.int64: make it bool"):
        model.decode(IDS, source, IDS)


def test_texts_beyond_the_context_are_refused_by_learned_positions():
    model, long = MODELS["bart"](), torch.zeros(1, 17, dtype=torch.int64)
    for ids, targets_in in ((long, IDS[:1]), (IDS[:1], long)):
        with pytest.raises(ValueError, match="17 positions, but context_length=16"):
            model(ids, targets_in)


def test_a_source_that_is_all_padding_gives_numbers(model):
    mask = torch.tensor([[True] * 4, [False] * 4])
    logits = model(IDS, IDS, mask)
    assert logits.isfinite().all()
    assert_close(logits[:1], model(IDS[:1], IDS[:1]))


@pytest.mark.parametrize("kind", MODELS)
def test_every_tensor_is_made_on_the_device_of_the_ids(kind):
    with refuse_cpu() as meta:
        model = MODELS[kind]().to(meta)
        ids = torch.zeros(2, 4, dtype=torch.int64, device=meta)
        mask = torch.ones(2, 8, dtype=torch.bool, device=meta)
        source, cache = model.encode(ids, mask[:, :4]), model.new_cache()
        for end in (4, 8):
            logits = model.decode(ids, source, mask[:, :4], mask[:, :end], cache)
            assert logits.shape == (2, 4, V)
        assert model(ids, shift_right(ids, start=0), mask[:, :4]).device == meta
