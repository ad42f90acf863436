"""The program that trains on tales: alone, with torchrun, again, and told something wrong."""

import math
import shutil
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from two_processes import torchrun

from torchbook import train_tales
from torchbook.log import read_log
from torchbook.tales import log_prob, tales
from torchbook.tales_data import START, tales_data
from torchbook.train_tales import loss_of, main

SIZES = ["--tales=40", "--vocab-size=300", "--n-layer=1", "--n-head=2", "--d-model=16"]
STEPS = ["--steps=12", "--warmup=2", "--batch-size=4", "--accumulate=2", "--every=4"]
SMALL = [*SIZES, *STEPS, "--dropout=0.1"]
pytestmark = pytest.mark.usefixtures("on_the_cpu")


@pytest.fixture(autouse=True)
def _on_the_cpu(monkeypatch):
    monkeypatch.setenv("TORCHBOOK_DEVICE", "cpu")


def refusal(*words: str | Path) -> str:
    """The sentence with which the program ends."""
    with pytest.raises(SystemExit) as end:
        main([*map(str, words)])
    return str(end.value)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCHBOOK_DEVICE", "cpu")
        main([str(folder), *SMALL])
    return folder


@pytest.fixture(scope="module")
def stopped_run(tmp_path_factory) -> Path:
    """Interrupted when it has told of step 8, whose checkpoint is not yet written."""
    folder = tmp_path_factory.mktemp("stopped")

    def say(text: str) -> None:
        if text.startswith("step     8"):
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCHBOOK_DEVICE", "cpu")
        patch.setattr(train_tales, "say", say)
        with pytest.raises(KeyboardInterrupt):
            main([str(folder), *SMALL])
    return folder


@pytest.fixture
def stopped(stopped_run, tmp_path) -> Path:
    return shutil.copytree(stopped_run, tmp_path / "stopped")


def test_the_same_command_goes_on_where_it_stopped(whole_run, stopped, capsys):
    main([str(stopped), *SMALL])
    printed = capsys.readouterr().out
    assert "step     4" not in printed
    assert "step     8" in printed
    assert (stopped / "log.jsonl").read_bytes() == (whole_run / "log.jsonl").read_bytes()


def test_a_run_that_has_ended_says_a_tale_and_trains_no_more(whole_run, tmp_path, capsys):
    folder = shutil.copytree(whole_run, tmp_path / "ended")
    main([str(folder), *SMALL])
    printed = capsys.readouterr().out
    assert "step" not in printed
    assert len(printed.splitlines()) > 2
    assert (folder / "log.jsonl").read_bytes() == (whole_run / "log.jsonl").read_bytes()


def test_two_processes_go_on_with_what_one_began(whole_run, stopped):
    status, output = torchrun("-m", "torchbook.train_tales", stopped, *SMALL, "--fsdp")
    assert status == 0, output
    assert output.count("2 x cpu, ") == output.count("step    12") == 1, output
    assert [line["step"] for line in read_log(stopped)] == [*range(1, 13)]
    assert read_log(stopped)[:4] == read_log(whole_run)[:4]


def test_losses_are_printed_beside_the_bound(tmp_path, capsys):
    main([str(tmp_path), *SMALL, "--language=es"])
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("step"))
    logged = read_log(tmp_path)[3]
    bound = tales_data("es", 40, 300).bound
    assert line == (
        f"step     4: training {logged['loss']:.4f}, unseen tales {logged['validation_loss']:.4f}, "
        f"no model below {bound:.4f} nats per token"
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_bound_is_what_the_grammar_loses_on_the_same_tokens(language):
    data = tales_data(language, n=40, vocab_size=400)
    texts = [data.tokenizer.decode(ids).removeprefix(START) for ids in data.validation]
    assert texts == [tale.text(language) for tale in tales(2, seed=1)]
    nats = -sum(log_prob(text, language) for text in texts)
    predicted = sum(loss_of(Even(), batch(ids))[1].item() for ids in data.validation)
    assert data.bound == pytest.approx(nats / predicted, rel=1e-12)


class Even(torch.nn.Module):
    """Every token is as likely as any other."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(400))

    def forward(self, ids):
        return self.weight.expand(*ids.shape, 400)


def batch(ids: list[int]):
    return train_tales.language_batch([ids])


def test_the_loss_is_in_nats():
    loss, count = loss_of(Even(), batch([5, 7, 9]))
    assert (loss / count).item() == pytest.approx(math.log(400), rel=1e-6)


def test_no_training_tale_is_told_again_to_evaluate():
    data = tales_data("en", n=200, vocab_size=300)
    assert [len(data.train), len(data.validation)] == [200, 10]
    assert not {*map(tuple, data.train)} & {*map(tuple, data.validation)}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--lr=0"], "--lr 0.0: give a learning rate above 0, such as 1e-3"),
        (["--lr=-1"], "--lr -1.0: give a learning rate above 0"),
        (["--batch-size=41"], "batch_size=41, but there are only 40 examples"),
        (["--accumulate=5"], "batch_size=4 cannot be shared by 1 processes with 5 parts each"),
        (["--warmup=12"], "warmup=12 of steps=12: give a warm-up that ends before"),
        (["--n-head=3"], "d_model=16"),
        (["--vocab-size=255"], "vocab_size=255"),
        (["--dropout=2"], "dropout probability has to be between 0 and 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path, words, sentence):
    assert sentence in refusal(tmp_path, *SMALL, *words)


@pytest.mark.parametrize("word", ["--steps=0", "--every=-1", "--tales=1.5", "--n-layer=two"])
def test_what_is_no_count_is_refused(tmp_path, capsys, word):
    refusal(tmp_path, word)
    name, value = word.split("=")
    said = capsys.readouterr().err
    assert f"argument {name}: {value}: give a whole number above 0" in said


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("--language=es", "language was en, and is es now: give the same, or another folder"),
        ("--d-model=32", "d_model was 16, and is 32 now: give the same, or another folder"),
        ("--seed=1", "seed was 0, and is 1 now: give the same, or another folder"),
        ("--lr=0.1", "initial_lr of group 0 was 0.001, and is 0.1 now: give the same"),
    ],
    ids=["language", "size", "seed", "learning rate"],
)
def test_a_folder_of_another_run_is_refused_and_left_alone(stopped, word, sentence):
    before = {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()}
    assert sentence in refusal(stopped, *SMALL, word)
    assert before == {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()}


def test_two_runs_in_one_folder_are_refused(stopped):
    with FileLock(stopped / "lock"):
        assert "another run is writing in" in refusal(stopped, *SMALL)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "run").write_text("")
    assert str(tmp_path / "run") in refusal(tmp_path / "run", *SMALL)


def test_a_device_that_is_not_here_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("TORCHBOOK_DEVICE", "cuda")
    said = refusal(tmp_path, *SMALL)
    assert "torchbook.train_tales: device 'cuda' is not available; here there is: " in said
