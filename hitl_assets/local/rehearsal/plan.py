"""What a rehearsal is about: a project's own configuration, and the items that it is tried with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.addresses import with_addresses, write_nowhere
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.pools.pools import estimate_pool
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.records import KEY_FIELD, Estimate, Item, KnownTask
from hitl_assets.labeling.tables.tables import UnreadableFileError, has_columns, write_rows
from hitl_assets.local.rehearsal.items import MADE_UP, choose, make_items, own_items, read_items, read_truth
from hitl_assets.local.rehearsal.predictions import Matched, match_predictions, own_predictions

FILE = "defs.yaml"


@dataclass(frozen=True)
class Plan:
    """A project and what it is rehearsed with.

    `source` says where the items are from, `whole` how many it has, `items` are the sample. `truth` is the right label
    as text, by item key, where it is known. `rejected` says which rows of the source can't be used, `predictions` what
    is predicted of its items, where the project brings that.
    """

    project: Project
    source: str
    whole: int
    items: tuple[Item, ...]
    golden: tuple[KnownTask, ...]
    training: tuple[KnownTask, ...] = ()
    truth: Mapping[str, str] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    predictions: Matched | None = None

    @property
    def suites_a_worker(self) -> int | None:
        """After how many suites a worker has seen every golden task, and gets nothing more; None: never."""
        per_suite = self.project.terms.mixer_config.golden_tasks_count
        return len(self.golden) // per_suite if per_suite else None

    @property
    def workers_needed(self) -> int:
        """How many workers the whole needs at least: by golden tasks, and as nobody answers an item twice."""
        suites, each = self.estimate(self.whole).suites, self.suites_a_worker
        return max(self.project.most_answers, -(-suites // each) if each else 0)

    def estimate(self, items: int) -> Estimate:
        """What so many items cost."""
        return estimate_pool(items, self.project)

    def most_items(self, cap: Decimal) -> int:
        """How many items a batch can have without passing a cap."""
        terms = self.project.terms
        return int(cap // (self.project.suite_price * self.project.most_answers)) * terms.mixer_config.real_tasks_count

    def truth_of(self, key: str) -> str:
        """The right label of an item that has one, as it is compared."""
        return self.project.kind.read_cell(self.truth[key])

    def answer_key(self) -> bytes:
        """The truth as the CSV that simulated workers read: by item key, whatever type the inputs are of."""
        return write_rows([KEY_FIELD, self.project.label], sorted(self.truth.items()))


def find_project(name: str, folders: Sequence[Path]) -> Project:
    """The project in the folder of that path, or of that name below one of `folders`.

    Raises:
        ConfigurationError: there is none, or it is wrong.
    """
    return load_project(find_file(name, folders))


def find_file(name: str, folders: Sequence[Path]) -> Path:
    """The defs.yaml of that path, in the folder of that path, or in that of that name below one of `folders`.

    Raises:
        ConfigurationError: there is none.
    """
    for path in (Path(name) / FILE, *(folder / name / FILE for folder in folders), Path(name)):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.parent.name for folder in folders for path in folder.glob(f"*/{FILE}"))) or "none"
    where = " or ".join(str(folder) for folder in folders)
    raise ConfigurationError(f"{name} is neither a folder with a {FILE} nor a project in {where}. There: {known}.")


def plan_rehearsal(project: Project, items: Path | None, answer_key: Path | None, sample: int, seed: int) -> Plan:
    """What to rehearse with: the items of the file, otherwise those of the project's own CSV, otherwise made up ones.

    Raises:
        UnreadableFileError: a file cannot be used, or not one of its rows.
    """
    golden = read_known(project, project.configuration.golden_tasks)
    training = read_known(project, project.configuration.training_tasks)
    return plan_items(project, golden, training, items, answer_key, sample, seed)


def plan_items(
    project: Project,
    golden: tuple[KnownTask, ...],
    training: tuple[KnownTask, ...],
    items: Path | None,
    answer_key: Path | None,
    sample: int,
    seed: int,
) -> Plan:
    """The same with golden tasks and training tasks that are known already."""
    write = write_nowhere(project)
    golden, training = with_addresses(project, golden, write), with_addresses(project, training, write)
    path = items or own_items(project, own_predictions(project))
    if path is None:
        truth = read_truth(project, answer_key) if answer_key else {}
        made = tuple(make_items(project, sample))
        return Plan(project, MADE_UP, len(made), made, golden, training, truth)
    raw = read_items(project, path)
    rejected = tuple(f"{row.file} row {row.row}: {row.reason}" for row in raw.rejected)
    if not raw.items:
        raise UnreadableFileError(f"{path} has no row that can be used. {' '.join(rejected[:1])}".strip())
    key = answer_key or (path if has_columns(path.read_bytes(), path.name, [project.label], project.written) else None)
    truth = read_truth(project, key) if key else {}
    chosen = choose(raw.items, sample, seed)
    matched = match_predictions(project, raw.items, path)
    return Plan(project, path.name, len(raw.items), chosen, golden, training, truth, rejected, matched)


def read_known(project: Project, file: str | None) -> tuple[KnownTask, ...]:
    """The tasks with known answers of one of the project's files."""
    if file is None:
        return ()
    return known_tasks_of(project, file)
