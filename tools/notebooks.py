"""Every page as a notebook, which runs wherever there is a network: in Colab, or on your machine.

Notebooks are made of the pages when the site is, and never committed: without outputs, and with
those of the site.  The first cell is the only one that the page does not have (first_cell.py).
"""

import shutil
from pathlib import Path
from urllib.parse import quote

import jupytext
import nbformat
from nbformat import NotebookNode

from execute import ROOT, code_cells, executed, python
from first_cell import NotebookError, first_cell, make_wheel
from plain import PlainError, Site, Writer

FOLDER, WITH_OUTPUTS, WHEELS = "notebooks", "with-outputs", "wheels"
COLLAPSED = {"cellView": "form", "jupyter": {"source_hidden": True}}  # in Colab, in JupyterLab
ABOUT = {
    "en": "> **[{title}]({page})**, a page of *From tensors to transformers*, as a notebook.",
    "es": "> **[{title}]({page})**, una página de *De los tensores a los transformers*, en forma "
    "de cuaderno.",
}
ABOVE = {
    "en": "> The cell below brings what the page needs, in about a minute; where all is there, as "
    "in the book's own environment, it does nothing. PyTorch and NumPy stay as they are. If there "
    "is a GPU, the page uses it.",
    "es": "> La celda de abajo trae lo que la página necesita, en un minuto más o menos; donde ya "
    "está todo, como en el entorno del propio libro, no cambia nada. PyTorch y NumPy se quedan "
    "como están. Si hay una GPU, la página la usa.",
}


def notebook(page: Path, site: Site, wheels: str) -> NotebookNode:
    """The notebook of a page, without outputs."""
    book = jupytext.reads(page.read_text(encoding="utf-8"), fmt="md:myst")
    writer = Writer(site, page)
    where, title = site.links[f"doc {page.stem}"]
    about = ABOUT[site.language].format(title=title, page=site.address + where)
    code = "\n".join(python(cell.source) for cell in code_cells(book))
    cells = [nbformat.v4.new_markdown_cell(about)]
    if code:
        cells[0].source += "\n>\n" + ABOVE[site.language]
        cells.append(nbformat.v4.new_code_cell(first_cell(code, site.language, wheels)))
    for cell in book.cells:
        cells += shown(cell, writer)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    language = {"name": "python"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": kernel, "language_info": language}
    )


def shown(cell: NotebookNode, writer: Writer) -> list[NotebookNode]:
    """One cell of the page as the notebook shows it; a figure's caption stands below."""
    if cell.cell_type == "markdown":
        text = writer.write(cell.source)
        return [nbformat.v4.new_markdown_cell(text)] if text else []
    tags = cell.metadata.get("tags", [])
    metadata = {"tags": tags} if tags else {}
    if writer.solution or "hide-input" in tags:
        metadata |= COLLAPSED
    cells = [nbformat.v4.new_code_cell(cell.source, metadata=metadata)]
    if caption := cell.metadata.get("mystnb", {}).get("figure", {}).get("caption"):
        cells.append(nbformat.v4.new_markdown_cell(f"*{writer.write(caption)}*"))
    return cells


def with_outputs(book: NotebookNode, page: Path) -> NotebookNode:
    """The same notebook with the outputs that the site shows; the first cell has none."""
    ran, _ = executed(page.read_text(encoding="utf-8"), str(page.relative_to(ROOT)))
    book = nbformat.from_dict(book)
    for cell, done in zip(code_cells(book)[1:], code_cells(ran), strict=True):
        cell.outputs, cell.execution_count = done.outputs, done.execution_count
    return book


def write(folder: Path, pages: list[Path], address: str, links: dict[str, dict]) -> None:
    """Write the notebooks of pages, and the wheel that they bring, into the site's folder.

    address is the site's own, links what the build of each language left in links.json.
    """
    for page in pages:
        language = page.parent.name
        site = Site(f"{address}{language}/", language, links[language])
        try:
            book = notebook(page, site, f"{address}{WHEELS}/")
        except PlainError as error:
            name = page.relative_to(ROOT)
            raise NotebookError(f"{name} does not become a notebook: {error}") from None
        for place in (language, f"{WITH_OUTPUTS}/{language}"):
            path = folder / FOLDER / place / f"{page.stem}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(book if place == language else with_outputs(book, page), path)
    wheels = folder / WHEELS
    wheels.mkdir()
    shutil.copy(make_wheel(ROOT / "_build" / WHEELS), wheels)
    write_index(wheels)


def write_index(wheels: Path) -> None:
    """The page by which pip finds the wheels of a folder (--find-links)."""
    names = sorted(path.name for path in wheels.glob("*.whl"))
    links = [f'<a href="{quote(name)}">{name}</a><br>' for name in names]
    title = '<!DOCTYPE html>\n<html lang="en"><title>torchbook</title>'
    (wheels / "index.html").write_text("\n".join([title, *links, ""]), encoding="utf-8")
