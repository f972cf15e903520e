"""The dataset in the forms that a project wants, as files beside its CSV, and how large pictures are. No Dagster."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from hitl_assets.labeling.exports.composition import compose_dataset
from hitl_assets.labeling.exports.dataset import Dataset, Size
from hitl_assets.labeling.exports.forms import FORMS
from hitl_assets.labeling.exports.pictures import stated_size
from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.exports.writers import write_all
from hitl_assets.labeling.items.pictures import find_size
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.labels.files import EXPORTS
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import Files, directory_of
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.errors import MissingError

# So many pictures are asked for at a time.
AT_ONCE = 8
ASSET = "concatenated_dataset"
# Where an earlier export says how large pictures are.
COCO_FILE = f"{directory_of(ASSET)}/{EXPORTS}coco/annotations.json"
Find = Callable[[str], Size | None]


def export(pachyderm: Pachyderm, project: Project, content: bytes) -> tuple[Files, list[str]]:
    """What the project wants of its dataset (a CSV file) beside it, by path; and why there is not all of it.

    An earlier export tells how large most pictures are: these are not looked at again.
    """
    forms = project.configuration.export
    dataset = compose_dataset(project, Table.of(content, {**project.inputs, project.label: project.kind.spec}))
    if any(FORMS[name].has_pixels for name in forms):
        known = earlier_sizes(pachyderm, f"{project.name}_{ASSET}")
        sizes = {**known, **find_sizes(dataset, known, finder_in(pachyderm))}
        dataset = compose_dataset(project, dataset.table, sizes)
    files, refused = write_all(dataset, forms)
    return files, [*refused, *dataset.notes]


def earlier_sizes(pachyderm: Pachyderm, repo: str) -> dict[str, Size]:
    """The sizes of pictures that an earlier COCO file in the repo knows, by item key."""
    head = pachyderm.head(repo)
    found = pachyderm.read_matching(repo, head, COCO_FILE) if head else {}
    images = [image for content in found.values() for image in json.loads(content)["images"]]
    return {each["item_key"]: (each["width"], each["height"]) for each in images}


def find_sizes(dataset: Dataset, known: Mapping[str, Size], find: Find) -> dict[str, Size]:
    """How large the pictures are that neither the items nor `known` say it of, by item key, as far as it can be
    found."""
    asked = [each for each in dataset.examples() if each.key not in known and not stated_size(each)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = threads.map(find, map(dataset.subject_of, asked))
        return {example.key: size for example, size in zip(asked, found, strict=True) if size}


def finder_in(pachyderm: Pachyderm) -> Find:
    """Finds the size of a picture in Pachyderm, from its first bytes."""

    def find(source: str) -> Size | None:
        place = read_place(source)
        if place is None:
            return None
        at = (place.repo, place.commit, place.path)
        try:
            size = pachyderm.inspect_entry(*at).size
            return find_size(size, lambda most: pachyderm.read_start(*at, size, most))
        except MissingError:
            return None

    return find
