"""Build the site: execute the pages, then one Jupyter Book per language, then change over at once.

Everything is made beside the site that is there, and takes its place, in one rename, when it is
complete; whatever goes wrong before, the last good site stands.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

import notebooks
from execute import PageError, digest, execute, source, surroundings
from first_cell import NotebookError, release

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
LANGUAGES = ("en", "es")
MADE_OF = "made-of"  # a digest of what a site, or one language of it, was built from
LINKS = "links.json"  # where each name leads, for the links of notebooks
UNPUBLISHED = shutil.ignore_patterns("*.map", "fontawesome.js", ".buildinfo", LINKS)


class BuildError(Exception):
    """Why there is no new site, in words for the person who asked for it."""


def load(path: Path) -> dict:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BuildError(f"{path.relative_to(ROOT)} is not YAML: {error}") from None


def merged(base: dict, changes: dict) -> dict:
    """base with changes laid over it, mapping by mapping."""
    both = base.keys() & changes.keys()
    deep = {key: merged(base[key], changes[key]) for key in both if isinstance(base[key], dict)}
    return {**base, **changes, **deep}


def page_names() -> list[str]:
    """The pages of the table of contents, in order: index, pytorch, ..."""
    toc = load(ROOT / "_toc.yml")
    files = [toc["root"], *(page["file"] for part in toc["parts"] for page in part["chapters"])]
    return [file.removeprefix("book/en/") for file in files]


def book_files() -> list[Path]:
    """The files below book/, without the copies that Jupyter keeps of what it has opened."""
    files = [path for path in (ROOT / "book").rglob("*.*") if path.is_file()]
    return sorted(path for path in files if ".ipynb_checkpoints" not in path.parts)


def pages() -> list[Path]:
    """The source of every page in every language; BuildError if one is missing or left over."""
    listed = [ROOT / "book" / lang / f"{name}.md" for name in page_names() for lang in LANGUAGES]
    for page in listed:
        if not page.exists():
            raise BuildError(f"{page.relative_to(ROOT)} is missing, but _toc.yml names it")
    for page in book_files():
        if page.suffix == ".md" and page not in listed:
            name = page.relative_to(ROOT)
            raise BuildError(f"{name} is not in _toc.yml: add it or remove it")
    return listed


def config(language: str) -> dict:
    """The settings of one language's book."""
    settings = load(ROOT / "_config.yml")
    overlay = ROOT / "book" / language / "_config.yml"
    if overlay.exists():
        settings = merged(settings, load(overlay))
    server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    if server and name:  # in a workflow, a fork's links lead to the fork
        settings["repository"]["url"] = f"{server}/{name}"
    owner, name = settings["repository"]["url"].split("/")[-2:]
    settings["sphinx"]["config"]["html_baseurl"] = f"https://{owner}.github.io/{name}/{language}/"
    commit = os.environ.get("GITHUB_SHA", settings["repository"]["branch"])  # local ones, unpushed
    settings["sphinx"]["config"]["launch"] = {"repository": f"{owner}/{name}", "commit": commit}
    folders = settings["sphinx"]["local_extensions"]
    settings["sphinx"]["local_extensions"] = {name: str(ROOT / folders[name]) for name in folders}
    return settings


def extension_files() -> list[Path]:
    folder = ROOT / "extensions"
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def records() -> list[Path]:
    """What pages show of their runs on other devices."""
    return sorted((ROOT / "records").glob("*.json"))


def landmarks() -> str:
    """What other pages show of a page or lead to: headings, labels and the glossary.

    Sphinx sees what changed in a page, not what changed on the page that a link leads to: when this
    changes, or an extension, every page is read again.
    """
    text = "\n".join(source(page) for page in pages())
    glossaries = re.findall(r"^```\{glossary\}.*?^```$", text, re.M | re.S)
    return "\n".join(re.findall(r"^#+ .*|^\(.+\)=|^:(?:label|name): .*", text, re.M) + glossaries)


def inputs() -> str:
    """What changes when the site would: all it is made of."""
    settings = [ROOT / "_config.yml", ROOT / "_toc.yml", *book_files()]
    tools = [*sorted((ROOT / "tools").glob("*.py")), *extension_files()]
    addresses = config("en")["repository"], config("en")["sphinx"]["config"]["launch"]
    return digest([*settings, *tools, *records()], surroundings(), str(addresses), release())


def contents(language: str) -> dict:
    """The table of contents as seen from the language's own folder."""
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text.replace("book/en/", ""))


def build_language(language: str, lock: int) -> Path:
    """One Jupyter Book, warnings being errors; returns the folder of its HTML."""
    out = BUILD / language
    out.mkdir(parents=True, exist_ok=True)
    for name, settings in {"_config.yml": config(language), "_toc.yml": contents(language)}.items():
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        (out / name).write_text(text, encoding="utf-8")
    files = [out / "_config.yml", out / "_toc.yml", *extension_files(), *records()]
    settled = digest(files, landmarks())
    stamp = out / MADE_OF
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != settled:
        shutil.rmtree(out / "_build", ignore_errors=True)
    stamp.unlink(missing_ok=True)  # killed or failed, what Sphinx takes for up to date may not be
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT / "book" / language]
    command += ["--config", out / "_config.yml", "--toc", out / "_toc.yml"]
    command += ["--path-output", out, "--warningiserror", "--keep-going", "--quiet"]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(command, **pipe, pass_fds=[lock])  # outliving us, it keeps the lock
    if os.strerror(errno.ENOSPC) in done.stdout:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode:
        raise BuildError(f"the pages of book/{language} do not build:\n{done.stdout}")
    stamp.write_text(settled, encoding="utf-8")
    return out / "_build" / "html"


def execute_pages() -> None:
    """Run what must be run, one line a page as it ends."""
    start = time.perf_counter()
    total = 0.0
    for done in execute(pages()):
        how = "run" if done.ran else "cached"
        print(f"{done.page.relative_to(ROOT)!s:28} {done.seconds:6.1f} s  {how}", flush=True)
        total += done.seconds * done.ran
    wall = time.perf_counter() - start
    print(f"{total:.1f} s of cells ran in {wall:.1f} s", flush=True)


def write_notebooks(site: Path, html: list[Path]) -> None:
    """Every page as a notebook, and the wheel that its first cell brings."""
    address = config("en")["sphinx"]["config"]["html_baseurl"].removesuffix("en/")
    known = zip(LANGUAGES, html, strict=True)
    links = {code: json.loads((folder / LINKS).read_text("utf-8")) for code, folder in known}
    notebooks.write(site, pages(), address, links)


def change_over(html: list[Path], made_of: str) -> None:
    """Put a complete new site where the old one is, by one rename of a link."""
    sites = BUILD / "sites"
    new = sites / str(time.time_ns())
    try:
        for language, folder in zip(LANGUAGES, html, strict=True):
            shutil.copytree(folder, new / language, ignore=UNPUBLISHED)
        shutil.copy(ROOT / "book" / "index.html", new)
        write_notebooks(new, html)
        (new / MADE_OF).write_text(made_of, encoding="utf-8")
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    aside = BUILD / "site.new"
    aside.unlink(missing_ok=True)
    aside.symlink_to(new.relative_to(BUILD))
    aside.replace(BUILD / "site")
    for old in sites.iterdir():
        if old != new:
            shutil.rmtree(old, ignore_errors=True)


def make_site(lock: int) -> None:
    made_of = inputs()
    execute_pages()
    stamp = BUILD / "site" / MADE_OF
    if stamp.exists() and stamp.read_text(encoding="utf-8") == made_of:
        return
    with ThreadPoolExecutor(len(LANGUAGES)) as pool:
        html = pool.map(build_language, LANGUAGES, [lock] * len(LANGUAGES))
        change_over(list(html), made_of)


def explained(error: BuildError) -> str:
    """What a person is told when there is no new site."""
    old = " The site that was there before still stands." if (BUILD / "site").exists() else ""
    return f"No new site.{old}\n{error}"


def build() -> Path:
    """Make the site of every page as it is now; returns its door.  BuildError says why not."""
    try:
        BUILD.mkdir(exist_ok=True)
        with open(BUILD / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            make_site(lock.fileno())
    except (PageError, NotebookError) as error:
        raise BuildError(str(error)) from None
    except BlockingIOError:
        raise BuildError("another build is at work in this folder: wait until it ends") from None
    except OSError as error:
        if os.strerror(errno.ENOSPC) in str(error):  # copytree gives its errors no number
            raise BuildError(f"the disk is full: free some space for {BUILD}") from None
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            where = error.filename or BUILD
            raise BuildError(f"no permission to write {where}: make it writable") from None
        raise
    return BUILD / "site" / "index.html"


if __name__ == "__main__":
    try:
        door = build()
    except KeyboardInterrupt:
        sys.exit("Stopped. No new site.")
    except BuildError as error:
        sys.exit(explained(error))
    print(f"The book is built. Open {door.as_uri()}")
