"""Rows of numbers and an answer to each: three real sets, small enough to look at.

They are raw: bring the columns to one scale with the mean and the deviation of the *training* rows.
Dimensions: N rows, d_in columns.  Chapter: classifiers.
"""

import csv
from typing import NamedTuple

import torch
from torch import Tensor

from torchbook.packaged import packaged

PENGUINS = "palmerpenguins==0.1.6"
PENGUINS_SHA256 = "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93"


class Table(NamedTuple):
    """features (N, d_in) float32 and targets (N): int64 for classes, float32 for a quantity.

    `columns` names the features, with their units; `classes` names the classes, and is empty where
    the target is a quantity.  `TensorDataset(table.features, table.targets)` is its dataset.
    """

    features: Tensor
    targets: Tensor
    columns: list[str]
    classes: list[str]


def iris() -> Table:
    """150 irises, 50 of each of three species, by four lengths of their flowers in cm.

    The rows are sorted by species: shuffle.  Source: Fisher (1936), measured by Anderson, as
    scikit-learn ships it.  Chapter: classifiers.

    >>> iris().classes
    ['setosa', 'versicolor', 'virginica']
    """
    from sklearn.datasets import load_iris  # half a second, paid by those who ask for irises

    data = load_iris()
    features = torch.tensor(data.data, dtype=torch.float32)  # (N, 4)
    targets = torch.tensor(data.target, dtype=torch.int64)  # (N)
    return Table(features, targets, list(data.feature_names), data.target_names.tolist())


def diabetes() -> Table:
    """442 people with diabetes: ten measures, and how far the disease had gone a year later.

    The target is a number from 25 to 346, on a scale of the study's own.  The first columns are the
    age in years, the sex as 1 or 2, the body mass index in kg/m2 and the mean blood pressure; s1 to
    s6 are values of the blood.  Source: Efron et al. (2004), as scikit-learn ships it, not scaled.
    Chapter: classifiers.

    >>> diabetes().columns
    ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6']
    """
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    features = torch.tensor(data.data, dtype=torch.float32)  # (N, 10)
    targets = torch.tensor(data.target, dtype=torch.float32)  # (N)
    return Table(features, targets, list(data.feature_names), [])


def penguins() -> Table:
    """342 penguins of three species, by the length and depth of the bill, the flipper and the mass.

    The file has 344 birds.  Two were never measured, and are left out.  Nine more are of unknown
    sex, which is no feature here: they stay.  The rows are sorted by species: shuffle.
    FileNotFoundError or ValueError, with the command that mends it, if the file is not there or
    altered.  Source: Gorman, Williams and Fraser (2014), as Horst, Hill and Gorman (2020) ship it.
    Chapter: classifiers.

    >>> penguins().columns
    ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g']
    """
    path = packaged(PENGUINS, "data/penguins.csv", PENGUINS_SHA256)
    columns = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    with path.open(encoding="utf-8", newline="") as file:
        birds = [bird for bird in csv.DictReader(file) if "NA" not in map(bird.get, columns)]
    classes = sorted({bird["species"] for bird in birds})
    features = torch.tensor([[float(bird[name]) for name in columns] for bird in birds])  # (N, 4)
    targets = torch.tensor([classes.index(bird["species"]) for bird in birds])  # (N)
    return Table(features, targets, columns, classes)
