"""What `hitl check` says of a project's model: its class, and whether the test file can show what it is to show."""

from collections.abc import Iterator

from hitl_assets.labeling.classifier import load_classifier
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.known_tasks import sift_tasks_of
from hitl_assets.labeling.model.classes import find_takes, load_embedding
from hitl_assets.labeling.model.threshold import smallest_proof
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.check.problems import Problem


def of_model(project: Project) -> Iterator[Problem]:
    """What is wrong with the section `model`; nothing for projects without one."""
    model = project.model
    if model is None:
        return
    place = str(project.folder / "defs.yaml")
    if project.has_classifier:
        try:
            find_takes(project, model, load_classifier(model.classifier))
            if model.embedding is not None:
                load_embedding(model.embedding)
        except ConfigurationError as error:
            yield Problem("error", "classifier", str(error), "", place, "model.classifier", model.classifier)
    if model.test is not None:
        yield from of_test(project, model, model.test)


def of_test(project: Project, model: Model, file: str) -> Iterator[Problem]:
    """What is wrong with the file for the test."""
    path = str(project.folder / file)
    tasks, wrong = sift_tasks_of(project, file)
    for text in wrong:
        yield Problem("error", "test_file", text, "", path)
    needed = smallest_proof(model.target_accuracy)
    if len(tasks) < needed:
        yield Problem(
            "warning",
            "short_test_file",
            f"{plural(len(tasks), 'row')} cannot show that a model is right in {model.target_accuracy:.0%} of its "
            "labels, "
            "not even one that is right on all of them: people will label everything.",
            f"Add rows to {file} ({needed} at least), or leave model.test out: then the labels by people are used.",
            path,
        )
