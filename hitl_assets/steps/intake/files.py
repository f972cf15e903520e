"""Files of a commit that are items themselves: told apart by hashes; of those that are new the first bytes are read."""

from collections.abc import Callable, Collection, Mapping
from functools import cache

from hitl_assets.labeling.items.files import (
    FileForm,
    FileIntake,
    FoundFile,
    SideTable,
    collect_files,
    look_at,
    read_side_table,
    without_file,
)
from hitl_assets.labeling.items.items import RawData, Taken
from hitl_assets.labeling.items.pictures import NoPictureError, Picture
from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.errors import MissingError
from hitl_assets.services.pachyderm.files import Entry

# What sorts the items of a commit, whatever is taken.
Sort = Callable[[Taken], RawData]


def file_sorter(
    pachyderm: Pachyderm, project: Project, commit: str, files: Mapping[str, Entry], missed: Collection[str]
) -> Sort:
    """What sorts these files of a commit. `missed` are those that it changed and that don't match.

    Where the table beside them changed, what it names is looked at again: it may have lacked a row.

    Raises:
        UnreadableFileError: that table can't be read. Then nobody knows what to ask.
    """
    source = project.configuration.source
    form = FileForm(source.field or "", project.inputs)
    table = find_side_table(pachyderm, project, commit, form)
    if table and source.values in {*missed, *files}:
        every = pachyderm.list_entries(source.repo, commit, source.glob)
        table = without_file(table, every)
        files = {**files, **{path: every[path] for path in table.rows if path in every}}
    form = FileForm(form.field, form.fields, table)
    found = [FoundFile(Place(source.repo, commit, path), *entry) for path, entry in files.items()]
    found = [each for each in found if each.place.path != source.values]

    def read(file: FoundFile, most: int) -> bytes:
        return pachyderm.read_start(source.repo, commit, file.place.path, file.size, most)

    # It may be sorted twice, and a file's first bytes are the dear part.
    @cache
    def judge(file: FoundFile) -> Picture | str | None:
        try:
            return look_at(file, read)
        except NoPictureError as error:
            return str(error)

    def look(file: FoundFile) -> Picture | None:
        seen = judge(file)
        if isinstance(seen, str):
            raise NoPictureError(seen)
        return seen

    def sort(taken: Taken) -> RawData:
        return collect_files(found, form, look, FileIntake(taken, project.identity))

    return sort


def find_side_table(pachyderm: Pachyderm, project: Project, commit: str, form: FileForm) -> SideTable | None:
    """The table beside the files, as it is in this commit; None if there is none."""
    source = project.configuration.source
    if source.values is None:
        return None
    try:
        content = pachyderm.read(source.repo, commit, source.values)
    except MissingError:
        return None
    return read_side_table(content, source.values, form, source.written)
