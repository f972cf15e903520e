"""A labeling service that is not Toloka: people write answers into a file, for nothing, and change them when they like.

A pool is a JSON file with its items and its answers; nothing ever closes it. It is complete while each item has as many
answers as were asked for.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from hitl_assets.labeling.answers.answers import READERS, UnreadableAnswer
from hitl_assets.labeling.answers.review import Decision
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.pools.watched import Doubled, Stop, Watched
from hitl_assets.labeling.project.declaration import Configuration, Project
from hitl_assets.labeling.project.loading import SERVICES, Declared
from hitl_assets.labeling.project.traits import Part, Service, Traits
from hitl_assets.labeling.project.validation import validate
from hitl_assets.labeling.records import Answer, KnownTask, Plan, PoolState, Task, digest
from hitl_assets.resources import LABELERS, LabelingResource
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import Asked, Batch, Collected, Looked, PoolOpenError, Prepared, Published, Reviewed

NAME = "notebook"
PART = Part("page", "What people are asked: the first page of the notebook.\n\nWith the answers that they may give.")
NOTEBOOK = Service(NAME, "the notebook", Traits(answers_change=True, has_overlap=True), (PART,))


class Section(BaseModel):
    """What a YAML says of a notebook: the question, who answers, and what nobody but the notebook knows."""

    question: str
    inputs: list[str]
    label: str
    answers: list[str]
    people: int = Field(2, ge=1)
    paper: str = "plain"


def compose(path: Path, common: Mapping[str, Any], section: Mapping[str, Any]) -> Project:
    """The project of a section."""
    own = Section(**section)
    inputs = {name: {"type": "string", "required": True} for name in own.inputs}
    outputs = {own.label: {"type": "string", "required": True, "allowed_values": own.answers}}
    fields = {"task_spec": {"input_spec": inputs, "output_spec": outputs}}
    configuration = validate(Configuration, common, path)
    return Project(path.parent, configuration, fields, {}, None, NOTEBOOK, own.people, own)


def read(assignment: Mapping[str, Any]) -> Iterator[Answer | UnreadableAnswer]:
    """The answer in a line of the notebook."""
    line, pool_id = assignment["line"], str(assignment["pool"])
    if line["word"] is None:
        yield UnreadableAnswer(assignment["id"], "", "nothing is written there")
        return
    values, who, when = {assignment["field"]: line["word"]}, line["who"], line["when"]
    yield Answer(line["item"], values, who, assignment["id"], line["item"], pool_id, "ACCEPTED", False, when, when)


class Notebook:
    """The pools in a folder. A `LabelingService`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, project: Project, part: str, tasks: Sequence[KnownTask] = ()) -> Prepared:
        """Write the first page."""
        page, content = self.folder / f"{project.name}.txt", project.section.question
        done = "found" if page.exists() and page.read_text() == content else "created"
        page.write_text(content)
        return Prepared(project.name, done, page.as_uri(), digest(content))

    def knows(self, project: Project) -> bool:
        """It is all one folder."""
        return True

    def publish(
        self,
        project: Project,
        batch: Batch,
        now: datetime,
        accounts: Mapping[str, Account] | None = None,
        resume: bool = False,
        stop: Stop | None = None,
        opens: bool = True,
        known: str = "",
    ) -> Published:
        """A file with the items: found, or written."""
        file, plan = self.file(f"{project.name}.{batch.name}"), self.plan(project, len(batch.tasks))
        was_there = file.exists()
        if not was_there:
            items = {task.item_key: dict(task.values) for task in batch.tasks}
            about = {"batch": f"{project.name}/{batch.name}", "people": project.people, "created": now.isoformat()}
            file.write_text(json.dumps({**about, "field": project.label, "items": items, "lines": {}}))
        return Published(self.state(file), plan, "found" if was_there else "opened", was_there=was_there)

    def plan(self, project: Project, tasks: int) -> Plan:
        """How many answers are asked for."""
        return Plan(tasks, tasks * project.people, tasks * project.people)

    def look(
        self, project: Project, watched: Sequence[Watched], doubled: Sequence[Doubled], turn: int, is_wide: bool
    ) -> Looked:
        """One look at the folder shows all."""
        pools = {pool.id: pool for pool in self.project_pools(project)}
        there = [each for each in watched if each.published.pool_id in pools]
        return Looked(pools, {each.published.batch: self.see(each, pools) for each in there})

    def see(self, watched: Watched, pools: Mapping[str, PoolState]) -> Watched:
        """A batch as it is now."""
        pool = pools[watched.published.pool_id]
        page = self.read(self.file(pool.id))
        return watched.seen(pool, len(page["lines"]), len(page["items"]) * page["people"], 0)

    def project_pools(self, project: Project) -> list[PoolState]:
        """The files of the project."""
        return [self.state(file) for file in sorted(self.folder.glob(f"{project.name}.*.json"))]

    def find_pool(self, pool_id: str) -> PoolState | None:
        """The file, if it is there."""
        return self.state(self.file(pool_id)) if self.file(pool_id).exists() else None

    def has_unfinished(self, pool_id: str, *statuses: str) -> bool:
        """Nobody tells who is writing."""
        return False

    def collect(self, project: Project, pool_id: str, before: Account | None = None) -> Collected:
        """Every line, as it stands there."""
        pool = self.state(self.file(pool_id))
        if not pool.has_ended:
            raise PoolOpenError(f"{pool_id} is not complete.")
        page = self.read(self.file(pool_id))
        lines = tuple(
            {"service": NAME, "id": id_, "revision": line["revision"], "status": "ACCEPTED", "pool": pool_id,
             "field": page["field"], "line": line}
            for id_, line in page["lines"].items()
        )  # fmt: skip
        account = Account(pool_id, pool.ending, pool.maximum, len(lines), 0, pool.maximum, overlap=page["people"])
        return Collected(pool, lines, account)

    def ask(
        self,
        project: Project,
        pool_id: str,
        unsure: Unsure,
        accounts: Mapping[str, Account],
        instead: Sequence[Task] = (),
    ) -> Asked:
        """It can't."""
        raise ServiceError("A notebook asks nobody twice.")

    def decide(
        self,
        project: Project,
        pool_id: str,
        decisions: Mapping[str, Decision],
        rest: Decision,
        accounts: Mapping[str, Account],
    ) -> Reviewed:
        """It can't."""
        raise ServiceError("Nobody reviews a notebook.")

    def stop(self, pool_id: str) -> None:
        """It is a file."""

    def write(self, pool_id: str, answers: Mapping[tuple[str, str], str]) -> None:
        """What people do: `{(worker, value of the first input): answer}`. A line that is there is written anew."""
        page = self.read(self.file(pool_id))
        keys = {next(iter(values.values())): key for key, values in page["items"].items()}
        for (worker, item), word in answers.items():
            id_ = f"{worker}:{item}"
            revision = page["lines"].get(id_, {}).get("revision", 0) + 1
            line = {
                "who": worker,
                "item": keys[item],
                "word": word,
                "revision": revision,
                "when": f"2026-01-0{revision}",
            }
            page["lines"][id_] = line
        self.file(pool_id).write_text(json.dumps(page))

    def tear_out(self, pool_id: str, worker: str, item: str) -> None:
        """Somebody takes a line away."""
        page = self.read(self.file(pool_id))
        del page["lines"][f"{worker}:{item}"]
        self.file(pool_id).write_text(json.dumps(page))

    def state(self, file: Path) -> PoolState:
        """Our record of a file."""
        page, id_ = self.read(file), file.name.removesuffix(".json")
        is_complete = len(page["lines"]) >= len(page["items"]) * page["people"]
        return PoolState(
            id=id_,
            project_id="",
            batch=page["batch"],
            key=id_,
            maximum=Decimal(0),
            is_open=not is_complete,
            is_archived=False,
            started=page["created"],
            close_reason="COMPLETED" if is_complete else "",
            created=page["created"],
            expires="",
            link=file.as_uri(),
            preview=file.as_uri(),
            revision=digest(page["lines"])[:12],
        )

    def file(self, pool_id: str) -> Path:
        """Where a pool is."""
        return self.folder / f"{pool_id}.json"

    def read(self, file: Path) -> dict[str, Any]:
        """What is written there."""
        found: dict[str, Any] = json.loads(file.read_text())
        return found


class NotebookResource(LabelingResource):
    """The folder of a notebook."""

    folder: str = ""

    def client(self, fence: Callable[[], None] = lambda: None) -> Notebook:
        """Whoever may write into the folder."""
        return Notebook(Path(self.folder))


def register() -> None:
    """In the registries in which Toloka is."""
    SERVICES[NAME] = Declared(NOTEBOOK, Section, compose)
    LABELERS[NAME] = NotebookResource
    READERS[NAME] = read
