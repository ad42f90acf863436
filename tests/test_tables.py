import csv
import hashlib
import importlib.util
import os
import subprocess
import sys
from importlib.metadata import distribution

import pytest
import torch
from sklearn.datasets import load_diabetes, load_iris

from torchbook import tables
from torchbook.tables import diabetes, iris, penguins

TABLES = {"iris": iris, "diabetes": diabetes, "penguins": penguins}


@pytest.mark.parametrize(
    ("table", "rows", "columns", "classes"),
    [("iris", 150, 4, 3), ("diabetes", 442, 10, 0), ("penguins", 342, 4, 3)],
)
def test_a_table_has_a_row_of_numbers_and_a_target_for_each_example(table, rows, columns, classes):
    features, targets, names, kinds = TABLES[table]()
    assert features.shape == (rows, columns)
    assert features.dtype == torch.float32
    assert features.isfinite().all()
    assert targets.shape == (rows,)
    assert targets.dtype == (torch.int64 if classes else torch.float32)
    assert len(set(names)) == columns
    assert len(kinds) == classes
    if classes:
        assert targets.unique().tolist() == list(range(classes))


@pytest.mark.parametrize("load", [load_iris, lambda: load_diabetes(scaled=False)])
def test_tables_are_those_of_scikit_learn_unscaled(load):
    table = iris() if load is load_iris else diabetes()
    assert torch.equal(table.features, torch.tensor(load().data).float())
    assert torch.equal(table.targets, torch.tensor(load().target).to(table.targets.dtype))


def test_an_iris_has_the_name_of_its_species():
    longest = iris().features[:, 2].argmax()
    assert iris().classes[iris().targets[longest]] == "virginica"


def test_penguins_without_measures_are_left_out_and_no_other():
    path = importlib.util.find_spec("palmerpenguins").submodule_search_locations[0]
    with open(f"{path}/data/penguins.csv", encoding="utf-8") as file:
        birds = list(csv.reader(file))[1:]
    table = penguins()
    kept = [bird for bird in birds if bird[2:6] != ["NA"] * 4]
    assert len(birds) - len(kept) == 2
    assert [bird[0] for bird in kept] == [table.classes[i] for i in table.targets]
    assert [[float(x) for x in bird[2:6]] for bird in kept] == [
        pytest.approx(row) for row in table.features.tolist()
    ]
    assert sum(bird[6] == "NA" for bird in kept) == 9  # of unknown sex, which is no feature


def test_the_package_of_the_penguins_is_read_and_never_run():
    penguins()
    assert "palmerpenguins" not in sys.modules


def test_the_penguins_are_of_the_version_that_is_pinned():
    assert distribution("palmerpenguins").version == tables.PENGUINS.split("==")[1]


def test_without_their_package_the_penguins_name_the_command_that_brings_them(monkeypatch):
    monkeypatch.setattr("torchbook.packaged.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=f"pip install --no-deps {tables.PENGUINS}"):
        penguins()


def test_altered_penguins_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "PENGUINS_SHA256", hashlib.sha256(b"").hexdigest())
    with pytest.raises(ValueError, match=r"penguins\.csv has the SHA-256 .* altered"):
        penguins()


def digest(table):
    values = table.features.tolist(), table.targets.tolist(), table.columns, table.classes
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def test_tables_are_the_same_everywhere():
    seen = [digest(iris()), digest(diabetes()), digest(penguins())]
    assert seen == ["2a22836b2418d771", "8711767488df3f33", "5b45ceb4cdebe502"]


def test_species_are_numbered_by_name_whatever_order_sets_have():
    command = [sys.executable, "-c", "from torchbook.tables import *; print(*penguins().classes)"]
    seed = os.environ | {"PYTHONHASHSEED": "1"}  # {"Gentoo", "Chinstrap", "Adelie"}, as a set
    done = subprocess.run(command, env=seed, capture_output=True, check=True, text=True)
    assert done.stdout == "Adelie Chinstrap Gentoo\n"
