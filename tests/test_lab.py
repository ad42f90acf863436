"""`make lab` opens a page as a notebook, and it runs there to its end."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from execute import ROOT


def opened_lab(pages: Path, runtime: Path) -> tuple[subprocess.Popen, dict]:
    """JupyterLab as the Makefile starts it, on a free port, and what it says of itself."""
    recipe = re.search(r"^lab:.*\n\t@(.*) book$", (ROOT / "Makefile").read_text(), re.M)[1]
    command = recipe.replace("$(IN)", ".venv/bin/python")
    folders = dict.fromkeys(["JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR"], str(runtime))
    options = ["--no-browser", "--ServerApp.port=0", "--allow-root"]
    process = subprocess.Popen(
        f"exec env {command} {pages} {' '.join(options)}",
        shell=True,
        cwd=ROOT,
        env=os.environ | folders,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        said = [path.read_text() for path in runtime.glob("jpserver-*.json")]
        if said and said[0]:
            return process, json.loads(said[0])
        time.sleep(0.2)
    process.kill()
    pytest.fail("JupyterLab did not start within a minute")


def test_a_page_opens_as_a_notebook_and_runs(browser, tmp_path):
    pages, runtime = tmp_path / "pages", tmp_path / "runtime"
    pages.mkdir()
    runtime.mkdir()
    shutil.copy(ROOT / "tests" / "mini" / "book" / "en" / "numbers.md", pages)
    process, said = opened_lab(pages, runtime)
    try:
        page = browser.new_page()
        page.goto(f"{said['url']}lab/tree/numbers.md?token={said['token']}")
        expect(page.get_by_text(re.compile(r"\| Idle$"))).to_be_visible(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator("[data-command='runmenu:run-all']").click()
        expect(page.locator(".jp-OutputArea-output pre").first).to_have_text("4", timeout=60_000)
        expect(page.locator(".jp-OutputArea-output img").first).to_be_visible(timeout=60_000)
        page.close()
    finally:
        process.terminate()
        process.wait()
