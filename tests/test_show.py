"""Figures say what they show, in the reader's language, and read on white and on black."""

import re
import string
import subprocess
import sys
import tomllib

import nbformat
import pytest
import torch
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Text

from execute import ROOT
from torchbook.show import attention_maps, learning_curves, next_tokens

few = settings(max_examples=20, derandomize=True, deadline=None)
LOG = [
    {"step": 1, "loss": 3.0, "lr": 0.1},
    {"step": 2, "loss": 2.5, "lr": 0.1, "validation_loss": 2.75},
    {"step": 3, "loss": 2.25, "lr": 0.1, "validation_loss": 2.5},
    {"step": 4, "loss": 1.5, "lr": 0.1, "validation_loss": 2.625},
]
WEIGHTS = torch.tensor([[[1.0, 0.0], [0.75, 0.25]], [[1.0, 0.0], [0.375, 0.625]]])
DRAWN = {
    "learning_curves": lambda language: learning_curves(LOG, language),
    "attention_maps": lambda language: attention_maps(
        WEIGHTS, ["the", " cat"], ["the", " cat"], language
    ),
    "next_tokens": lambda language: next_tokens([" mat", "\n"], [0.5, 0.25], language),
}
SAID = {
    ("learning_curves", "en"): "The training loss falls from 3 at step 1 to 1.5 at step 4. The "
    "validation loss falls from 2.75 at step 2 to 2.62 at step 4. The lowest validation loss is "
    "2.5, at step 3.",
    (
        "learning_curves",
        "es",
    ): "La pérdida de entrenamiento baja de 3 en el paso 1 a 1.5 en el paso "
    "4. La pérdida de validación baja de 2.75 en el paso 2 a 2.62 en el paso 4. La menor pérdida "
    "de validación es 2.5, en el paso 3.",
    ("attention_maps", "en"): "Attention from 2 tokens, in rows, to 2, in columns. From the last "
    "token, “␣cat”, head 1 looks most at token 1, “the” (0.75); head 2 looks most at token 2, "
    "“␣cat” (0.62).",
    ("attention_maps", "es"): "Atención de 2 tokens, en filas, a 2, en columnas. Desde el último "
    "token, «␣cat», la cabeza 1 mira sobre todo al token 1, «the» (0.75); la cabeza 2 mira sobre "
    "todo al token 2, «␣cat» (0.62).",
    ("next_tokens", "en"): "Bars of the probability of the next token: “␣mat” 0.5, “⏎” 0.25.",
    ("next_tokens", "es"): "Barras de la probabilidad del siguiente token: «␣mat» 0.5, «⏎» 0.25.",
}
LABELS = {
    ("learning_curves", "en"): {"step", "loss", "training", "validation"},
    ("learning_curves", "es"): {"paso", "pérdida", "entrenamiento", "validación"},
    ("attention_maps", "en"): {"head 1", "head 2", "key", "query", "weight", "the", "␣cat"},
    ("attention_maps", "es"): {"cabeza 1", "cabeza 2", "clave", "consulta", "peso", "the", "␣cat"},
    ("next_tokens", "en"): {"probability", "␣mat", "⏎"},
    ("next_tokens", "es"): {"probabilidad", "␣mat", "⏎"},
}
PAGE = """---
file_format: mystnb
kernelspec: {name: python3}
---

# Two figures

```{code-cell}
from torchbook.show import learning_curves

log = [{"step": 1, "loss": 3.0}, {"step": 9, "loss": 1.5}]
learning_curves(log, language="en");
```

```{code-cell}
learning_curves(log, language="es");
```
"""
CONF = f"""
import sys
from pathlib import Path
sys.path[:0] = ["{ROOT}/tools", "{ROOT}/extensions"]
import execute
execute.STORE = Path("executed").absolute()
extensions = ["myst_nb", "weave", "alttext"]
nb_custom_formats = {{".md": "weave.read"}}
nb_execution_mode = "off"
"""


@pytest.fixture(autouse=True)
def _style():
    with plt.style.context("torchbook.book"):
        yield
    plt.close("all")


def texts(fig):
    """What can be read on a figure."""
    fig.canvas.draw()
    return [text for text in fig.findobj(Text) if text.get_visible() and text.get_text()]


@pytest.mark.parametrize(("name", "language"), SAID)
def test_a_figure_says_what_it_shows_in_the_language_of_the_page(name, language):
    assert DRAWN[name](language).alt == SAID[name, language]


@pytest.mark.parametrize(("name", "language"), LABELS)
def test_all_that_is_written_on_a_figure_is_in_the_language_of_the_page(name, language):
    words = {text.get_text() for text in texts(DRAWN[name](language))}
    assert {word for word in words if re.search(r"[^\W\d]|⏎", word)} == LABELS[name, language]


@few
@given(st.lists(st.floats(0.01, 99), min_size=2, max_size=30))
def test_a_curve_falls_or_rises_as_its_losses_do(losses):
    log = [{"step": 10 * i, "loss": 1.0, "validation_loss": x} for i, x in enumerate(losses)]
    alt = learning_curves(log).alt
    plt.close("all")
    moves, first, last, lowest, step = re.search(
        r"validation loss (\w+) from (\S+) at step 0 to (\S+) at step .* is (\S+), at step (\d+)\.",
        alt,
    ).groups()
    assert (moves == "falls") == (losses[-1] < losses[0])
    assert (first, last, lowest) == tuple(f"{x:.3g}" for x in (losses[0], losses[-1], min(losses)))
    assert losses[int(step) // 10] == min(losses)


def test_a_curve_is_drawn_through_the_points_of_its_log():
    training, validation = learning_curves(LOG).axes[0].lines
    assert training.get_xydata().tolist() == [[1, 3], [2, 2.5], [3, 2.25], [4, 1.5]]
    assert validation.get_xydata().tolist() == [[2, 2.75], [3, 2.5], [4, 2.625]]


def test_a_log_without_validation_says_nothing_of_it():
    fig = learning_curves([{"step": 7, "loss": 2.0}])
    assert fig.alt == "The training loss is 2 at step 7."
    assert len(fig.axes[0].lines) == 1


@pytest.mark.parametrize("heads", [1, 4, 6])
def test_every_head_has_a_map_of_its_own_weights(heads):
    weights = torch.randn(heads, 3, 5).softmax(dim=-1).requires_grad_()
    fig = attention_maps(weights, list("abc"), list("vwxyz"))
    maps = [ax.images[0].get_array() for ax in fig.axes if ax.get_title()]
    assert [weight.tolist() for weight in maps] == weights.tolist()
    assert {(ax.images[0].norm.vmin, ax.images[0].norm.vmax) for ax in fig.axes if ax.images} == {
        (0, 1)
    }
    for head, weight in enumerate(weights[:, -1].max(dim=-1).values.tolist()):
        assert f"head {head + 1} looks most at" in fig.alt
        assert f"({weight:.2f})" in fig.alt


def test_bars_stand_in_the_order_given_from_the_top():
    ax = next_tokens(["b", "a"], torch.tensor([0.75, 0.25])).axes[0]
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.25]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a"]
    assert ax.yaxis_inverted()


def test_a_token_with_dollars_is_no_formula():
    for fig in (
        next_tokens(["$x_$"], [1.0]),
        attention_maps(torch.ones(1, 1, 1), ["$x_$"], ["$x_$"]),
    ):
        assert "$x_$" in {text.get_text() for text in texts(fig)}  # drawn, without a parse error


def luminance(colour) -> float:
    """How light a colour is, from 0 to 1, by WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour) -> float:
    """With white or with black, whichever is the smaller: from 1 to 4.58."""
    light = luminance(colour) + 0.05
    return min(1.05 / light, light / 0.05)


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_can_be_read_on_white_and_on_black(name):
    fig = DRAWN[name]("en")
    assert fig.get_facecolor()[3] == 0, "the page shows through"
    assert all(ax.get_facecolor()[3] == 0 for ax in fig.axes)
    assert min(contrast(text.get_color()) for text in texts(fig)) >= 4.5  # WCAG 1.4.3
    drawn = [line.get_color() for line in fig.findobj(Line2D) if line.get_visible()]
    drawn += [bar.get_facecolor() for ax in fig.axes for bar in ax.patches]
    assert min(map(contrast, drawn)) >= 3  # WCAG 1.4.11


def test_every_colour_of_the_style_can_be_read_on_white_and_on_black():
    colours = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert len(colours) == 6
    assert min(map(contrast, colours)) >= 3


def test_the_texts_of_both_languages_name_the_same_values():
    said = tomllib.loads((ROOT / "code/torchbook/show.toml").read_text(encoding="utf-8"))
    assert set(said) == set(DRAWN)
    for text in [text for figure in said.values() for text in figure.values()]:
        assert set(text) == {"en", "es"}
        assert text["en"] != text["es"]
        fields = [
            sorted(str(part[1:3]) for part in string.Formatter().parse(each))
            for each in text.values()
        ]
        assert fields[0] == fields[1]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: learning_curves([]), "the log has no line: train for a step"),
        (lambda: learning_curves(LOG, "fr"), "no figures in language 'fr'; there are: en, es"),
        (
            lambda: attention_maps(WEIGHTS, ["a"], ["a", "b"]),
            r"weights \(2, 2, 2\) for 1 queries and 2 keys: give \(H, 1, 2\)",
        ),
        (lambda: attention_maps(WEIGHTS[0], ["a", "b"], ["a", "b"]), r"weights \(2, 2\) for 2"),
        (lambda: attention_maps(WEIGHTS[:0], ["a", "b"], ["a", "b"]), r"weights \(0, 2, 2\)"),
        (lambda: next_tokens(["a"], [0.5, 0.5]), "1 tokens and 2 probabilities: give one for each"),
        (lambda: next_tokens([], []), "0 tokens and 0 probabilities: .*at least one"),
    ],
    ids=range(7),
)
def test_what_cannot_be_drawn_is_named(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_the_words_of_a_figure_reach_the_notebook_and_the_page(tmp_path):
    (tmp_path / "index.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", ".", "html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = [
        "The training loss falls from 3 at step 1 to 1.5 at step 9.",
        "La pérdida de entrenamiento baja de 3 en el paso 1 a 1.5 en el paso 9.",
    ]
    html = BeautifulSoup((tmp_path / "html" / "index.html").read_bytes(), "lxml")
    assert [image["alt"] for image in html.select(".cell_output img")] == expected
    (notebook,) = [nbformat.read(path, 4) for path in tmp_path.glob("executed/*.ipynb")]
    outputs = [cell.outputs[0] for cell in notebook.cells if cell.cell_type == "code"]
    assert [output.metadata["image/svg+xml"]["alt"] for output in outputs] == expected
