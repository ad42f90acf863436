"""Checks of the exercises of the page `index`."""


def photo(answer: object) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return "kind"
    mistakes = {480 * 640: "pixels", 480 + 640 + 3: "sum", 480 * 640 * 3: None}
    return mistakes.get(answer, "other")
