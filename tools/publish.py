"""Put the site's notebooks where Colab opens them: on the branch `notebooks` of the repository.

The wheels of all that was ever published stay, on that branch and on the site, because a notebook
that somebody has kept asks for the one that it was made with.  So, in this order: `publish.py keep`
brings the earlier wheels into the site, the site is deployed, `publish.py push` writes the branch.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from build_book import BUILD, ROOT
from notebooks import FOLDER, WHEELS, write_index

BRANCH = FOLDER
SITE = BUILD / "site"


class PublishError(Exception):
    """What git said when it could not."""


def git(*command: str, cwd: Path = ROOT, **variables: str) -> bytes:
    environment = os.environ | variables
    done = subprocess.run(["git", *command], cwd=cwd, env=environment, capture_output=True)
    if done.returncode:
        raise PublishError(f"git {' '.join(command)}:\n{done.stderr.decode()}")
    return done.stdout.strip()


def keep(site: Path = SITE, repository: Path = ROOT) -> None:
    """Add to the site the wheels that were published before."""
    if git("ls-remote", "origin", f"refs/heads/{BRANCH}", cwd=repository):
        git("fetch", "--depth=1", "origin", BRANCH, cwd=repository)
        earlier = git("archive", "FETCH_HEAD", WHEELS, cwd=repository)
        with tarfile.open(fileobj=io.BytesIO(earlier)) as files:
            files.extractall(site, filter="data")
    write_index(site / WHEELS)


def push(site: Path = SITE, repository: Path = ROOT) -> None:
    """Make the branch one commit: the notebooks, and all the wheels of the site."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place, "tree")
        shutil.copytree(site / FOLDER, tree)
        shutil.copytree(site / WHEELS, tree / WHEELS)
        where = git("rev-parse", "--absolute-git-dir", cwd=repository).decode()
        alone = {"GIT_DIR": where, "GIT_WORK_TREE": str(tree), "GIT_INDEX_FILE": f"{place}/index"}
        git("add", "--all", "--force", ".", cwd=tree, **alone)
        written = git("write-tree", cwd=tree, **alone).decode()
    made_of = git("rev-parse", "HEAD", cwd=repository).decode()
    commit = git("commit-tree", written, "-m", f"Notebooks of {made_of}", cwd=repository).decode()
    git("push", "--force", "origin", f"{commit}:refs/heads/{BRANCH}", cwd=repository)


if __name__ == "__main__":
    try:
        {"keep": keep, "push": push}[sys.argv[1]]()
    except PublishError as error:
        sys.exit(str(error))
