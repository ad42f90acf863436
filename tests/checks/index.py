"""Answers to the exercises of the page `index`."""

CASES = {
    "index-photo": {
        "right": [921600],
        "pixels": [307200],
        "sum": [1123],
        "other": [640 * 3, 0, -1, 10**400],
        "kind": ["921600", 921600.0, (480, 640, 3), True],
    }
}
