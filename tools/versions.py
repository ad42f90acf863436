"""Run the whole book and the package's tests with other versions, and report what they change.

python tools/versions.py                              the oldest and the newest torch allowed
python tools/versions.py --torch "torch==2.10.*" --python python3.13

Each pair of a torch and a Python gets an environment of its own below _build/versions/, in which
all but torch, and what it brings, has the pinned version.  What every cell puts out is compared
with what it puts out at the pins, here.  The report is _build/versions/report.md; the exit status
is 1 if a page or a test failed, and 0 if outputs only differ or warn.
"""

import argparse
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import execute
import record
from build_book import BUILD, LANGUAGES, page_names
from execute import ROOT, code_cells, executed, source
from outputs import ABSOLUTE, POINTS, RELATIVE, VARIES, differences, marked, shown
from setup_env import fill, run

VERSIONS = BUILD / "versions"
NEVER = re.compile(r"(?!)")
WARNS = re.compile(r"^.*\b\w*Warning: .*$", re.M)
COLAB = ROOT / "tools" / "colab.py"


def oldest() -> str:
    """The oldest torch that the package allows, in its newest correction."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (needs,) = [needed for needed in project["dependencies"] if needed.startswith("torch>=")]
    return f"{needs.replace('>=', '==')}.*"


def package_tests() -> list[str]:
    """The doctests of the package and the test file of each of its modules."""
    modules = sorted(path.name for path in (ROOT / "code" / "torchbook").glob("*.py"))
    files = [f"tests/test_{name}" for name in modules]
    return ["code", *(file for file in files if (ROOT / file).exists()), "tests/test_checks.py"]


def run_pages(folder: Path, languages: list[str]) -> None:
    """In the other environment: run every page, warnings or not, and record what became of it."""
    execute.STORE, execute.WARNING = folder / "executed", NEVER
    record.write(record.record(languages), folder / "record.json")


def make(environment: Path, torch: str, python: str) -> None:
    """An environment with this torch; ours lends it all else, which another Python installs."""
    ask = [python, "-c", "import sys; print(sys.version)"]
    if subprocess.run(ask, capture_output=True, text=True).stdout.strip() == sys.version:
        if not (environment / "bin" / "python").exists():
            subprocess.run([python, "-m", "venv", environment], check=True)
        (packages,) = environment.glob("lib/python*/site-packages")
        lent = [sysconfig.get_path("purelib"), str(ROOT / "code")]
        (packages / "lent.pth").write_text("\n".join(lent) + "\n", encoding="utf-8")
        run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--upgrade", torch)
    else:
        pins = (ROOT / "requirements.txt").read_text("utf-8")
        wanted = environment.with_name("requirements.txt")
        wanted.write_text(re.sub(r"^torch==\S+", torch, pins, flags=re.M), encoding="utf-8")
        fill(environment, wanted, python)


def run_all(torch: str, python: str, languages: list[str], colab: bool) -> Path:
    """Make the environment and run everything in it; returns the folder of what came out."""
    ask = [python, "-c", "import platform; print(platform.python_version())"]
    version = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    name = f"python{version}-{re.sub(r'[=.*]+$|[^a-z0-9.]', '', torch)}"
    folder = VERSIONS / name
    folder.mkdir(parents=True, exist_ok=True)
    for left in ("record.json", "tests.txt", "colab.txt"):
        (folder / left).unlink(missing_ok=True)
    make(folder / "venv", torch, python)
    its = folder / "venv" / "bin" / "python"
    subprocess.run(
        [its, __file__, "--into", folder, "--languages", *languages], check=True, cwd=ROOT
    )
    quiet = ["-q", "--tb=line", "-p", "no:cacheprovider", "-n", "auto"]
    tests = {"tests.txt": [its, "-m", "pytest", *quiet, *package_tests()]}
    if colab:
        tests["colab.txt"] = [its, COLAB, "--languages", *languages]
    for name, command in tests.items():
        with open(folder / name, "w", encoding="utf-8") as file:
            done = subprocess.run(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
            file.write(f"\nexit status {done.returncode}\n")
    return folder


def compared(name: str, entry: dict, folder: Path) -> tuple[str, list[str]]:
    """One word on a page, and the details if there is more to say."""
    if not entry["ok"]:
        return "**fails**", [quoted(entry["error"])]
    page = ROOT / "book" / f"{name}.md"
    pinned = executed(source(page), name)[0]
    other = nbformat.read(folder / "executed" / f"{entry['key']}.ipynb", as_version=4)
    warned = warnings(other) - warnings(pinned)
    tagged = {n for n, cell in enumerate(code_cells(pinned), 1) if marked(cell, VARIES)}
    found = [found for found in differences(pinned, other) if found[0] not in tagged]
    details = [f"Warns:\n{quoted(said)}" for said in sorted(warned)]
    for number, before, after in found:
        details.append(f"Cell {number}, at the pins and here:\n{quoted(before)}\n{quoted(after)}")
    numbers = ", ".join(str(number) for number, *_ in found)
    parts = [f"differs: {numbers}"] * bool(found) + ["warns"] * bool(warned)
    return ", ".join(parts) or "the same", details


def warnings(notebook: NotebookNode) -> set[str]:
    """The lines of warnings that the cells of a page put out, without where they came from."""
    said = [content for cell in code_cells(notebook) for kind, content in shown(cell)]
    return {line.split(": ", 1)[-1] for text in said for line in WARNS.findall(text)}


def quoted(text: str, lines: int = 12) -> str:
    """The text as a block of Markdown, without colours, not more than some lines of it."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).strip().splitlines()
    cut = plain if len(plain) <= lines else [*plain[: lines - 5], "...", *plain[-4:]]
    return "\n".join(["```text", *cut, "```"])


def report(folder: Path) -> tuple[str, bool]:
    """What one torch and Python change, page by page, and whether all pages and tests passed."""
    recorded = json.loads((folder / "record.json").read_text("utf-8"))
    entries = recorded["pages"]
    any_page = next(iter(entries.values()))
    on = f"{any_page['device']}, {any_page['hardware']}"
    lines = [f"## torch {any_page['torch']}, Python {any_page['python']} ({on})", ""]
    passed = all(entry["ok"] for entry in entries.values())
    for name, what in {"tests.txt": "Package tests", "colab.txt": "Notebooks, as in Colab"}.items():
        if (folder / name).exists():
            *said, status = (folder / name).read_text("utf-8").strip().splitlines()
            passed &= status == "exit status 0"
            lines += [f"{what}, {status}:", quoted("\n".join(said[-25:]), 25), ""]
    results = {name: compared(name, entry, folder) for name, entry in entries.items()}
    lines += ["Each page, with the numbers of the cells whose outputs differ:", ""]
    lines += ["| page | en | es |", "| --- | --- | --- |"]
    for name in page_names():
        if {f"{code}/{name}" for code in LANGUAGES} & results.keys():
            words = (results.get(f"{code}/{name}", "-")[0] for code in LANGUAGES)
            lines.append(f"| {name} | {' | '.join(words)} |")
    for name, (_, details) in results.items():
        lines += [f"\n### {name}", "", *details] * bool(details)
    return "\n".join(lines) + "\n", passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="append", help="what pip shall install; may be repeated")
    parser.add_argument("--python", default=sys.executable, help="the Python to run with")
    parser.add_argument("--no-colab", action="store_true", help="no notebooks as in Colab")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, help="default: both")
    parser.add_argument("--package-tests", action="store_true", help="print their names, no more")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.into:
        run_pages(asked.into, asked.languages)
        return 0
    if asked.package_tests:
        print(*package_tests())
        return 0
    passed = True
    said = [
        "# What other versions change\n\nCompared with the pins: text word for word, numbers up to "
        f"{RELATIVE:g} of their size or {ABSOLUTE:g}, figures up to {POINTS:g} point.\n"
    ]
    for torch in asked.torch or [oldest(), "torch"]:
        try:
            text, good = report(run_all(torch, asked.python, asked.languages, not asked.no_colab))
        except SystemExit as why:  # of setup_env, which explains what pip said
            text, good = (
                f"## {torch}, {asked.python}\n\nCannot be installed:\n{quoted(str(why))}\n",
                False,
            )
        said.append(text)
        passed &= good
    (VERSIONS / "report.md").write_text("\n".join(said), encoding="utf-8")
    print("\n".join(said))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
