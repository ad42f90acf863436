import codecs

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from torchbook.text import Windows, read_text

pytestmark = pytest.mark.usefixtures("on_the_cpu")
few = settings(max_examples=50, derandomize=True, deadline=None)
SPANISH = "¿Dónde está el ñandú?\n—Aquí.\n"


def test_a_text_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes(SPANISH.encode())
    assert read_text(path) == read_text(str(path)) == SPANISH


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "bom"])
def test_line_ends_and_the_mark_of_any_editor_leave_no_trace(tmp_path, end, mark):
    (tmp_path / "mine.txt").write_bytes(mark + SPANISH.replace("\n", end).encode())
    assert read_text(tmp_path / "mine.txt") == SPANISH


def test_a_mark_within_the_text_stays(tmp_path):
    (tmp_path / "mine.txt").write_bytes("a\ufeffb".encode())
    assert read_text(tmp_path / "mine.txt") == "a\ufeffb"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("¿Qué?".encode("latin-1"), "byte 0, in line 1, is 0xbf"),
        (b"one\ntwo\nma\xf1ana", "byte 10, in line 3, is 0xf1"),
        (codecs.BOM_UTF16_LE + "ab".encode("utf-16-le"), "byte 0, in line 1, is 0xff"),
        ("cut off: ñ".encode()[:-1], "byte 9, in line 1, is 0xc3"),
    ],
    ids=["latin-1", "third-line", "utf-16", "cut-off"],
)
def test_a_file_that_is_not_utf_8_says_where(tmp_path, data, place):
    (tmp_path / "mine.txt").write_bytes(data)
    with pytest.raises(ValueError, match=f"mine.txt is not UTF-8: {place}; save it as UTF-8"):
        read_text(tmp_path / "mine.txt")


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b" \r\n\t"], ids=["empty", "bom", "blank"])
def test_a_file_without_text_is_refused(tmp_path, data):
    (tmp_path / "mine.txt").write_bytes(data)
    with pytest.raises(ValueError, match=f"mine.txt has {len(data)} bytes and no text: give"):
        read_text(tmp_path / "mine.txt")


def test_a_missing_file_says_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("none.txt", "."):
        with pytest.raises(
            FileNotFoundError, match=f"no file {name} in {tmp_path}: give its whole"
        ):
            read_text(name)


@few
@given(st.integers(1, 20), st.integers(1, 40), st.integers(1, 20))
def test_windows_are_pieces_of_the_text_and_targets_the_tokens_that_follow(T, more, stride):
    n = T + more
    text = list(range(100, 100 + n))
    dataset = Windows(text, T, stride)
    pieces = [text[i : i + T + 1] for i in range(0, n, stride) if i + T < n]
    assert [(ids.tolist(), targets.tolist()) for ids, targets in dataset] == [
        (piece[:-1], piece[1:]) for piece in pieces
    ]
    assert len(dataset) == len(pieces)


@few
@given(st.integers(1, 20), st.integers(1, 40))
def test_windows_end_to_end_predict_each_token_once_but_for_a_rest(T, more):
    n = T + more
    targets = torch.cat([targets for _, targets in Windows(range(n), T)]).tolist()
    assert targets == list(range(1, len(targets) + 1))
    assert 0 <= n - 1 - len(targets) < T


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64], ids=str)
def test_windows_of_any_whole_numbers_are_int64(dtype):
    for part in Windows(torch.arange(9, dtype=dtype), 4)[1]:
        assert part.dtype == torch.int64


@pytest.mark.parametrize(("n", "T"), [(5, 5), (5, 9), (0, 1)])
def test_a_context_longer_than_the_text_says_both_numbers(n, T):
    message = f"the text has {n} tokens, and a window of {T} with the next one needs {T + 1}: give"
    with pytest.raises(ValueError, match=message):
        Windows(torch.zeros(n, dtype=torch.int64), T)


@pytest.mark.parametrize(
    ("ids", "sizes", "message"),
    [
        (range(9), (0,), "context_length 0, stride None: both must be at least 1"),
        (range(9), (-2,), "context_length -2, stride None: both must be at least 1"),
        (range(9), (4, 0), "context_length 4, stride 0: both must be at least 1"),
        (torch.zeros(2, 9).long(), (4,), r"ids are \(2, 9\): give those of one text"),
        (torch.zeros(9), (4,), "ids are torch.float32: give whole numbers"),
    ],
)
def test_windows_of_what_is_no_text_are_refused(ids, sizes, message):
    with pytest.raises(ValueError, match=message):
        Windows(ids, *sizes)


def test_a_window_that_is_not_there_is_an_index_error():
    for i in (-1, 2):
        with pytest.raises(IndexError, match=f"window {i} of 2: ask for 0 to 1"):
            Windows(range(9), 4)[i]


def test_workers_load_the_windows_that_one_process_loads():
    dataset = Windows(range(50), 4)
    seen = []
    for workers in (0, 2):
        order = torch.Generator().manual_seed(0)
        loader = DataLoader(dataset, 5, shuffle=True, generator=order, num_workers=workers)
        seen.append([torch.stack(batch) for batch in loader])
    assert len(seen[0]) == 3
    assert all(map(torch.equal, *seen))
