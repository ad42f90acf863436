"""Characters and bytes come back as they went in; what cannot is refused, and the cure is named."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torchbook.tokenizer import Bytes, Characters

TEXT = "El pingüino canta: «¡hola!» 🐧👩‍🚀\n"
quick = settings(max_examples=50, derandomize=True, deadline=None)
bad_ids = pytest.mark.parametrize("ids", [[0, 256], [-1], torch.tensor([256])], ids=str)


@quick
@given(st.text(min_size=1))
def test_characters_come_back(text):
    tokenizer = Characters(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert sorted(set(tokenizer.encode(text))) == list(range(tokenizer.vocab_size))


def test_the_vocabulary_is_sorted_whatever_the_order_of_the_text():
    assert Characters("cab").vocabulary == Characters("bca").vocabulary == "abc"


def test_a_vocabulary_makes_the_same_tokenizer_again():
    tokenizer = Characters(TEXT)
    assert Characters(tokenizer.vocabulary).encode(TEXT) == tokenizer.encode(TEXT)


@quick
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_bytes_are_those_of_python(text):
    assert bytes(Bytes().encode(text)) == text.encode()
    assert Bytes().decode(Bytes().encode(text)) == text


@pytest.mark.parametrize("tokenizer", [Characters(TEXT), Bytes()])
def test_a_tensor_is_decoded_like_a_list(tokenizer):
    assert tokenizer.decode(torch.tensor(tokenizer.encode(TEXT))) == TEXT
    assert tokenizer.decode([]) == tokenizer.decode(torch.tensor([], dtype=torch.int64)) == ""
    assert tokenizer.decode(iter(tokenizer.encode(TEXT))) == TEXT


@pytest.mark.parametrize("tokenizer", [Characters(TEXT), Bytes()])
@pytest.mark.parametrize("ids", [torch.zeros(1, 3, dtype=torch.int64), torch.zeros(3)], ids=str)
def test_only_one_sequence_of_whole_numbers_is_decoded(tokenizer, ids):
    with pytest.raises(ValueError, match=r"of shape .*decode whole numbers \(T\), one sequence"):
        tokenizer.decode(ids)


@bad_ids
def test_an_id_outside_the_vocabulary_is_refused(ids):
    with pytest.raises(ValueError, match=r"id (256|-1) is not .* use ids from 0 to 255"):
        Bytes().decode(ids)
    with pytest.raises(ValueError, match=r"id (256|-1) is not .* use ids from 0 to 2"):
        Characters("abc").decode(ids)


def test_an_unknown_character_and_an_empty_vocabulary_are_refused():
    with pytest.raises(ValueError, match=r"'ñ' is not in the vocabulary of 3 characters.*has it"):
        Characters("abc").encode("baña")
    with pytest.raises(ValueError, match="the text is ''"):
        Characters("")


def test_half_of_a_surrogate_pair_is_refused_and_the_cure_works():
    halves = "\ud83d\udc27"
    with pytest.raises(ValueError, match=r"'\\ud83d' is half of a surrogate pair.*join"):
        Bytes().encode(halves)
    whole = halves.encode("utf-16", "surrogatepass").decode("utf-16")
    assert Bytes().decode(Bytes().encode(whole)) == "🐧"


@quick
@given(st.lists(st.integers(0, 255)))
def test_bytes_that_are_not_utf_8_are_refused_or_replaced_as_by_python(ids):
    expected = bytes(ids).decode(errors="replace")
    assert Bytes().decode(ids, errors="replace") == expected
    if bytes(ids) == expected.encode():
        assert Bytes().decode(ids) == expected
    else:
        with pytest.raises(ValueError, match=r"byte \d+ at position \d+ .*errors='replace'"):
            Bytes().decode(ids)


def test_there_is_no_third_way_to_decode():
    with pytest.raises(ValueError, match="errors='ignore': choose 'strict' or 'replace'"):
        Bytes().decode([97], errors="ignore")
