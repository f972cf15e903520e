"""A simulated crowd's answers in the shape of a data set of real ones."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.labeling_cost.crowd import FIELD, Crowd, no_ban
from benchmarks.real_crowds.crowds import DataSet
from hitl_assets.emulators.crowd.population import Population


@dataclass(frozen=True)
class Shape:
    """How many items there are, how many answers each gets, and how many labels are equally frequent."""

    items: int = 500
    overlap: int = 8
    labels: int = 2


def simulate(name: str, crowd: str | Population, shape: Shape, seed: int) -> DataSet:
    """What a crowd answers when nobody is banned. Answers to golden tasks are left out."""
    labels = tuple(f"label {number}" for number in range(shape.labels))
    drawn = np.random.default_rng(seed).integers(0, shape.labels, shape.items)
    truth = {f"item {number}": labels[code] for number, code in enumerate(drawn)}
    people = Crowd(crowd, seed, no_ban, labels)
    given = [each for each in people.answer(dict.fromkeys(truth, shape.overlap), truth, {}) if not each.is_golden]
    answers = pd.DataFrame(
        {
            "task": pd.Index(list(truth)).get_indexer([each.item_key for each in given]),
            "worker": pd.factorize(np.array([each.worker_id for each in given]))[0],
            "label": [labels.index(str(each.values[FIELD])) for each in given],
        }
    )
    return DataSet(name, answers, pd.Series(drawn), labels)


def write_set(data: DataSet, folder: Path) -> None:
    """The answers and the truth as files, as benchmarks.real_crowds reads them, in a folder of the set's name."""
    into = folder / data.name
    into.mkdir(parents=True, exist_ok=True)
    names = np.array(data.labels)
    data.answers.assign(label=names[data.answers["label"]]).to_csv(into / "answers.csv", index=False)
    truth = pd.DataFrame({"task": data.truth.index, "label": names[data.truth]})
    truth.to_csv(into / "truth.csv", index=False)
