"""Files of this machine that are to become items: found in folders, and looked at before they are committed."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hitl_assets.labeling.items.files import (
    FileForm,
    FileIntake,
    FoundFile,
    collect_files,
    look_at,
    read_side_table,
    without_file,
)
from hitl_assets.labeling.items.items import RawData, Taken
from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.pachyderm.hashes import hash_before


def find_files(paths: Iterable[Path]) -> dict[str, Path]:
    """The files by the path that they get in a repo: a folder's are below its name, what is hidden is left out."""
    return dict(named for path in paths for named in below(path))


def below(path: Path) -> Iterator[tuple[str, Path]]:
    """A file, or those of a folder."""
    if not path.is_dir():
        yield f"/{path.name}", path
        return
    top = path.resolve()
    for each in sorted(top.rglob("*")):
        inner = each.relative_to(top)
        if each.is_file() and not any(part.startswith(".") for part in inner.parts):
            yield f"/{top.name}/{inner.as_posix()}", each


def foresee_files(project: Project, files: Mapping[str, Path], taken: Taken) -> RawData:
    """What will come of files (by path in the repo) that are items. Whether a large one is known can't be told yet: it
    counts as new."""
    source = project.configuration.source
    form = FileForm(source.field or "", project.inputs)
    found = [
        FoundFile(Place(source.repo, "", path), hash_before(file) or f"{path} is large", file.stat().st_size)
        for path, file in files.items()
        if path != source.values
    ]
    if source.values and source.values in files:
        content = files[source.values].read_bytes()
        table = without_file(read_side_table(content, source.values, form, source.written), files)
        form = FileForm(form.field, form.fields, table)

    def read(each: FoundFile, most: int) -> bytes:
        with files[each.place.path].open("rb") as stream:
            return stream.read(most)

    intake = FileIntake(taken, project.identity)
    return collect_files(found, form, lambda each: look_at(each, read), intake)
