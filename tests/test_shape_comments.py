"""Shape comments are promises, and this file keeps them.

`images = ...  # (N, 8, 8)` promises the shape of `images`.  Each call below runs with another size
for every letter.  A letter means the local variable of that name or, if there is none, the size it
had in the first comment that used it; a number means itself.  A comment that disagrees fails, with
its file and line, and so does a comment that no call reaches.

On the pages, an assignment outside functions promises the shape that its variable has when the cell
has run, which the executor wrote down; a letter means one size within a cell.
"""

import ast
import re
import sys
from pathlib import Path

import pytest
import torch

import build_book
import torchbook
from execute import ROOT, assigned, code_cells, executed
from torchbook.attention import CrossAttention, attend, attention_weights
from torchbook.beam import beam_search
from torchbook.bert import Bert, BertConfig, MaskedLM
from torchbook.classifier import cross_entropy
from torchbook.data import digits
from torchbook.encoder_decoder import Given, shift_right
from torchbook.generate import stream
from torchbook.gpt import GPT, GPTConfig
from torchbook.layers import layer_norm
from torchbook.llama import Llama, LlamaConfig
from torchbook.lstm import LSTM
from torchbook.minilm import sentence_vectors
from torchbook.padding import pad
from torchbook.positions import rotary, rotate, sinusoidal
from torchbook.seq2seq import Seq2Seq, Seq2SeqConfig
from torchbook.skipgram import SkipGram, nearest
from torchbook.t5 import T5, T5Config
from torchbook.tables import diabetes, iris, penguins
from torchbook.text import Windows
from torchbook.train_tales import loss_of
from torchbook.window_lm import WindowLM, WindowLMConfig, windows
from torchbook.wordpiece import SPECIAL, WordPiece

CODE = Path(torchbook.__file__).parent
SHAPE = re.compile(r"# (?:each )?\(([^()]+)\)")


def llama() -> None:
    model = Llama(LlamaConfig(11, 9, d_model=24, n_head=6, n_kv_head=3, n_layer=1, d_ff=10))
    model(torch.zeros(2, 5, dtype=torch.int64), torch.ones(2, 5, dtype=torch.bool))


def bert() -> None:
    model = Bert(BertConfig(vocab_size=11, context_length=7, d_model=24, n_head=4, n_layer=1))
    MaskedLM(model)(torch.zeros(2, 5, dtype=torch.int64))


def gpt() -> None:
    model = GPT(GPTConfig(11, context_length=9, d_model=24, n_head=4, n_layer=1))
    list(stream(model, [[1, 2, 3, 4, 5], [6]], max_new_tokens=3, temperature=1.0, top_k=7, top_p=1))
    beam_search(model, [1, 2, 3, 4, 5], max_new_tokens=3, beams=6)


def attention() -> None:
    q, k = torch.zeros(2, 4, 5, 6), torch.zeros(2, 4, 7, 6)
    attention_weights(q, k)
    attend(q, k, k, causal=True)
    CrossAttention(d_model=24, n_head=4)(torch.zeros(2, 5, 24), torch.zeros(2, 7, 24))


def layers() -> None:
    layer_norm(torch.zeros(2, 5, 24), torch.ones(24), torch.zeros(24))


def positions() -> None:
    sinusoidal(T=5, d_model=24)
    rotate(torch.zeros(2, 4, 5, 6), *rotary(torch.arange(5), head_dim=6))


def wordpiece() -> None:
    WordPiece([*SPECIAL, "cat"]).batch(["cat", "cat cat", ""])


def minilm() -> None:
    model = Bert(BertConfig(vocab_size=7, context_length=9, d_model=6, n_head=2, n_layer=1))
    sentence_vectors(model, WordPiece([*SPECIAL, "a", "b"]), ["a b", "a"])


def classifier() -> None:
    cross_entropy(torch.zeros(2, 5), torch.zeros(2, dtype=torch.int64))


def skipgram() -> None:
    ids = torch.zeros(2, 3, dtype=torch.int64)
    model = SkipGram(vocab_size=11, d_model=4)
    model(ids[:, 0], ids[:, 1], ids)
    nearest(model.centre.weight, model.centre.weight[0], k=2)


def window_lm() -> None:
    inputs, _ = windows(torch.zeros(8, dtype=torch.int64), n=3)
    WindowLM(WindowLMConfig(vocab_size=11, context_length=3, d_model=4))(inputs)


def lstm() -> None:
    LSTM(d_in=3, d_hidden=4, n_layer=6)(torch.zeros(2, 5, 3))


def encoder_decoders() -> None:
    ids, targets = torch.zeros(2, 5, dtype=torch.int64), torch.ones(2, 7, dtype=torch.int64)
    for model in (Seq2Seq(Seq2SeqConfig(11, 9, 24, 4, 1)), T5(T5Config(11, 24, 4, 1))):
        source = Given(model, ids, ids == 0)
        source(shift_right(targets, start=0), targets == 1, model.new_cache())


def tables() -> None:
    for table in (diabetes, iris, penguins):
        table()


def text() -> None:
    Windows(range(9), context_length=5)[0]


CALLS = {
    "encoder_decoder": encoder_decoders,
    "attention": attention,
    "bert": bert,
    "classifier": classifier,
    "digits": digits,
    "gpt": gpt,
    "layers": layers,
    "llama": llama,
    "lstm": lstm,
    "minilm": minilm,
    "padding": lambda: pad([[1, 2], [3, 4, 5], [6, 7]]),
    "positions": positions,
    "skipgram": skipgram,
    "tables": tables,
    "text": text,
    "train_tales": lambda: loss_of(
        GPT(GPTConfig(11, context_length=9, d_model=24, n_head=4, n_layer=1)),
        (torch.zeros(2, 5, dtype=torch.int64), torch.zeros(2, 5, dtype=torch.int64)),
    ),
    "window_lm": window_lm,
    "wordpiece": wordpiece,
}
PAGES = [str(page.relative_to(ROOT)) for page in build_book.pages()]


def dims_of(line: str) -> list[str] | None:
    """The dimensions that a shape comment at the end of a line names; None if there is none."""
    comment = SHAPE.search(line)
    return [dim.strip() for dim in comment[1].split(",") if dim.strip()] if comment else None


def promises(path: Path) -> dict[int, tuple[list[str], list[str]]]:
    """{line: (variables, dimensions)} for every assignment that ends in a shape comment."""
    source = path.read_text(encoding="utf-8")
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign):
            dims = dims_of(source.splitlines()[node.end_lineno - 1])
            names = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)]
            if dims is not None and names:
                found[node.lineno] = names, dims
    return found


def broken(dims: list[str], shape: tuple[int, ...], sizes: dict[str, int]) -> bool:
    if dims[:1] == ["..."]:
        dims = dims[1:]
        shape = shape[len(shape) - len(dims) :]
    if len(dims) != len(shape):
        return True
    meant = (
        int(d) if d.isdigit() else sizes.setdefault(d, n) for d, n in zip(dims, shape, strict=True)
    )
    return list(meant) != list(shape)


def run(call, code: Path = CODE) -> set[tuple[str, int]]:
    """Run call() and return the promises it kept, as (file, line); raise on a broken one."""
    table = {str(path): promises(path) for path in code.rglob("*.py")}
    kept, before, sizes = set(), {}, {}

    def trace(frame, event, arg):
        file = frame.f_code.co_filename
        if file not in table:
            return None
        line, scope = before.get(frame), frame.f_locals
        names, dims = table[file].get(line, ([], []))
        if names and all(scope.get(name) is not None for name in names):  # a mask may be None
            known = sizes.setdefault(frame, {})
            known |= {name: value for name, value in scope.items() if isinstance(value, int)}
            for name in names:
                shape = tuple(scope[name].shape)
                if broken(dims, shape, known):
                    raise AssertionError(f"{file}:{line}: {name} is {shape}, comment says {dims}")
            kept.add((file, line))
        before[frame] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
    return kept


def test_every_shape_comment_is_true_and_is_run():
    kept = set().union(*(run(call) for call in CALLS.values()))
    written = {(str(path), line) for path in CODE.rglob("*.py") for line in promises(path)}
    assert written == kept
    assert written, "no shape comment found: the pattern is out of date"


@pytest.mark.parametrize("lie", ["# (T, B)", "# (B)", "# (B, T, 2)", "# (B, 4)"])
def test_a_lie_is_noticed(tmp_path, lie):
    source = "import torch\ndef f(B, T):\n    x = torch.ones(B, T)  {}\n    return x\n"

    def calling(comment: str):
        path = tmp_path / "lie.py"
        path.write_text(source.format(comment), encoding="utf-8")
        scope: dict = {}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
        return lambda: scope["f"](2, 3)

    assert run(calling("# (B, T)"), tmp_path)
    with pytest.raises(AssertionError, match=r"lie.py:3: x is \(2, 3\)"):
        run(calling(lie), tmp_path)


def false_comments(source: str, shapes: dict[str, list[int]]) -> list[str]:
    """What the shape comments of a cell promise that its variables do not keep."""
    lines, sizes, last = source.splitlines(), {}, {}
    for targets, line in assigned(source):
        names = [name for name in targets if name in shapes]
        *firsts, rest = re.split(r"(?<=\)), (?=\()", lines[line - 1])  # a, b = ...  # (N), (N, C)
        each = [dims_of(f"# {shape.split('# ')[-1]}") for shape in [*firsts, rest]]
        last |= zip(names, each if len(each) == len(names) else each[:1] * len(names), strict=True)
    promised = {name: dims for name, dims in last.items() if dims is not None}
    return [
        f"{name} is {tuple(shapes[name])}, comment says ({', '.join(dims)})"
        for name, dims in promised.items()
        if broken(dims, tuple(shapes[name]), sizes)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_the_shape_comments_of_a_page_are_true(page):
    for cell in code_cells(executed((ROOT / page).read_text(encoding="utf-8"), page)[0]):
        assert not false_comments(cell.source, cell.metadata["shapes"]), cell.source


@pytest.mark.parametrize(
    "cell",
    [
        "x = torch.ones(2, 3)  # (3, 2)",
        "x = torch.ones(2, 3)  # (N)",
        "x = torch.ones(2, 3)  # (N, N)",
        "x = torch.ones(2, 3)  # (N, 64)",
        "y = torch.ones(5)  # (N)\nx = torch.ones(2, 3)  # (N, C)",
        "for _ in range(2):\n    x = torch.ones(2, 3)  # (6)",
        "x = torch.ones(2, 3)\nx *= 2  # (6)",
    ],
)
def test_a_lie_on_a_page_is_noticed(tmp_path, monkeypatch, cell):
    monkeypatch.setattr("execute.STORE", tmp_path)
    text = (ROOT / "tests/mini/book/en/numbers.md").read_text(encoding="utf-8")
    first = code_cells(executed(text.replace("2 + 2  # a sum", f"import torch\n\n{cell}"))[0])[0]
    assert first.metadata["shapes"]["x"] == [2, 3]
    assert false_comments(first.source, first.metadata["shapes"])
    assert not false_comments(re.sub("#.*", "", first.source), first.metadata["shapes"])
