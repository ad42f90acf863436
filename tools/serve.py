"""Serve the book while it is being written: what changes is built again, the browser reloads."""

import sys

from livereload import Server

from build_book import BUILD, ROOT, BuildError, build, explained

PORT = 8000
WATCHED = ("book/**/*", "code/**/*", "extensions/**/*", "_config.yml", "_toc.yml")


def rebuild() -> None:
    try:
        build()
    except BuildError as error:
        print(explained(error), flush=True)


if __name__ == "__main__":
    rebuild()
    server = Server()
    for pattern in WATCHED:
        server.watch(str(ROOT / pattern), rebuild, ignore=lambda name: "__pycache__" in name)
    try:
        server.serve(root=str(BUILD / "site"), port=PORT)
    except OSError as error:
        sys.exit(
            f"Cannot serve at port {PORT} ({error.strerror}): stop what uses it, then try again."
        )
