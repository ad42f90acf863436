"""Every launch address on every page leads to a file that is really there, in both languages."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sphinx.application import Sphinx
from test_site import PAGES, html, soup

import build_book
import publish
from execute import ROOT

NOTEBOOK = "/blob/notebooks/"
REPOSITORY = urlsplit(build_book.config("en")["repository"]["url"]).path.strip("/")


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit and an origin to push to."""
    folder = tmp_path_factory.mktemp("git")
    run("git", "init", "--bare", "--quiet", "origin", cwd=folder)
    run("git", "init", "--quiet", "here", cwd=folder)
    here = folder / "here"
    for setting in (
        ("user.name", "A"),
        ("user.email", "a@example.org"),
        ("commit.gpgsign", "false"),
    ):
        run("git", "config", *setting, cwd=here)
    run("git", "commit", "--quiet", "--allow-empty", "--message", "first", cwd=here)
    run("git", "remote", "add", "origin", str(folder / "origin"), cwd=here)
    return here


def published(repository: Path) -> set[str]:
    """The files of the branch, as the origin has them."""
    names = run(
        "git", "ls-tree", "-r", "--name-only", publish.BRANCH, cwd=repository.parent / "origin"
    )
    return set(names.split("\n")) - {""}


@pytest.fixture(scope="module")
def branch(repository: Path, site: Path) -> set[str]:
    publish.push(site, repository)
    return published(repository)


def addresses(site: Path, page: str) -> dict[str, str]:
    menu = html(site, page).select_one("details#launch")
    return {link.text: link["href"] for link in menu.select("a")}


@pytest.mark.parametrize("page", PAGES)
def test_every_launch_address_leads_to_a_file_that_is_published(site, branch, page):
    found = addresses(site, page)
    assert len(found) == 7
    for name in ("Colab", "Kaggle", "SageMaker Studio Lab"):
        owner, _, path = found[name].partition(NOTEBOOK)
        assert owner.endswith(f"github.com/{REPOSITORY}") or owner.endswith(f"github/{REPOSITORY}")
        assert path == f"{page}.ipynb"
        assert path in branch
    commit, _, source = (
        found["Binder"]
        .removeprefix(f"https://mybinder.org/v2/gh/{REPOSITORY}/")
        .partition("?urlpath=lab/tree/")
    )
    assert commit == build_book.config("en")["sphinx"]["config"]["launch"]["commit"]
    assert source == f"book/{page}.md"
    assert (ROOT / source).is_file()
    files = [href for href in found.values() if not urlsplit(href).scheme]
    assert [Path(file).suffix for file in files] == [".ipynb", ".ipynb", ".md"]
    for file in files:
        assert (site / page).parent.joinpath(file).is_file(), file


def test_both_languages_of_every_page_are_published_and_no_other(site, branch):
    pages = {f"{folder}{page}.ipynb" for page in PAGES for folder in ("", "with-outputs/")}
    assert {name for name in branch if name.endswith(".ipynb")} == pages
    assert {name for name in branch if name.endswith(".whl")} == {
        f"wheels/{path.name}" for path in (site / "wheels").glob("*.whl")
    }


def test_the_markdown_to_download_is_the_page(site):
    for page in PAGES:
        language, name = page.split("/")
        copy = site / language / "_sources" / f"{name}.md"
        assert copy.read_text("utf-8") == (ROOT / "book" / f"{page}.md").read_text("utf-8")


@pytest.mark.parametrize("page", [*PAGES, "en/search", "es/search", "index"])
def test_there_is_one_menu_on_every_page_and_none_of_the_theme(site, page):
    menus = html(site, page).select("details#launch")
    assert len(menus) == (page in PAGES)
    assert not html(site, page).select("[class*=launch-button], .dropdown-download-buttons")
    named = ("colab.", "mybinder.", "kaggle.com/kernels", "studiolab.")
    links = html(site, page).select("header a[href], .bd-header-article a[href]")
    launching = [link for link in links if any(name in link["href"] for name in named)]
    assert all(link.find_parent("details") in menus for link in launching)


def test_the_menu_speaks_the_language_of_the_page(site):
    english, spanish = (addresses(site, f"{code}/tensors") for code in ("en", "es"))
    assert {"Notebook", "Notebook with outputs"} < english.keys()
    assert {"Cuaderno", "Cuaderno con las salidas"} < spanish.keys()


def test_a_wheel_that_was_published_stays(repository, site, tmp_path):
    """On the branch and on the site, however often the package changes."""
    for number in ("1", "2"):
        new = tmp_path / number
        for folder in ("notebooks/en", "wheels"):
            (new / folder).mkdir(parents=True)
        (new / "notebooks" / "en" / f"page{number}.ipynb").write_text("{}")
        (new / "wheels" / f"torchbook-0.1.0+{number}-py3-none-any.whl").write_text(number)
        publish.keep(new, repository)
        publish.push(new, repository)
    names = published(repository)
    kept = {f"wheels/torchbook-0.1.0+{number}-py3-none-any.whl" for number in "12"}
    assert kept <= names
    assert "en/page2.ipynb" in names
    assert "en/page1.ipynb" not in names, "a page that is gone"
    index = (tmp_path / "2" / "wheels" / "index.html").read_text(encoding="utf-8")
    assert all(f'href="torchbook-0.1.0%2B{number}-py3-none-any.whl"' in index for number in "12")
    assert all((tmp_path / "2" / name).is_file() for name in kept)


def test_a_citation_leads_to_its_entry_in_the_bibliography(tmp_path):
    pages, out = tmp_path / "pages", tmp_path / "out"
    pages.mkdir()
    (pages / "index.md").write_text("# A\n\n{cite}`adam`\n\n```{bibliography}\n```\n", "utf-8")
    entry = "@misc{adam, author={Kingma, D. and Ba, J.}, title={Adam}, year={2015}}"
    (pages / "books.bib").write_text(entry, "utf-8")
    settings = {
        "extensions": ["myst_parser", "sphinxcontrib.bibtex", "launch"],
        "bibtex_bibfiles": ["books.bib"],
    }
    app = Sphinx(pages, None, out, tmp_path / "trees", "html", settings, status=None)
    app.build()
    where, label = json.loads((out / "links.json").read_text("utf-8"))["cite adam"]
    file, _, anchor = where.partition("#")
    assert label == "[KB15]"
    shown = " ".join(soup(out / file).find(id=anchor).text.split())
    assert shown == "[KB15] D. Kingma and J. Ba. Adam. 2015."


def test_a_fork_s_addresses_lead_to_the_fork(monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "reader/fork")
    monkeypatch.setenv("GITHUB_SHA", "0123abc")
    settings = build_book.config("es")["sphinx"]["config"]
    assert settings["launch"] == {"repository": "reader/fork", "commit": "0123abc"}
    assert settings["html_baseurl"] == "https://reader.github.io/fork/es/"
