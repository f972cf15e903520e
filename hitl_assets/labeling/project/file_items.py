"""What a project whose items are files lacks: a field that shows them, values, predictions, an address for people."""

from collections.abc import Iterator

from hitl_assets.labeling.documents import Mistake
from hitl_assets.labeling.project.declaration import Project


def unfit_files(project: Project, place: str) -> Iterator[Mistake]:
    """Items that are files and that nobody would see, or addresses of files where there are none."""
    source, pictures = project.configuration.source, project.configuration.pictures
    if source.items == "rows":
        if pictures is not None:
            text = "field pictures goes with source.items: files. Leave it out: rows bring their own addresses."
            yield Mistake(place, text, "pictures")
        return
    spec = project.shown.get(source.field or "")
    if spec is None or str(spec.get("type")) not in ("url", "string"):
        allowed = [name for name, each in project.shown.items() if str(each.get("type")) in ("url", "string")]
        text = f"field source.field = {source.field!r} is no input field of type url. Allowed: {', '.join(allowed)}."
        yield Mistake(place, text, "source.field", source.field)
    needed = [name for name, each in project.shown.items() if each.get("required", True) and name != source.field]
    if needed and not source.values:
        text = (
            f"field source.values is missing: files have no {', '.join(needed)}. Name a table, or set required: false."
        )
        yield Mistake(place, text, "source.values")
    model = project.configuration.model
    if model and model.predictions and model.predictions.source is None and not source.values:
        text = (
            "field model.predictions.source is missing: files have no columns. Name a repo, which may be that of the "
            f"files, with a table of {source.field} (the path), {model.predictions.label} and "
            f"{model.predictions.probability}; or give source.values these columns."
        )
        yield Mistake(place, text, "model.predictions.source")
    if pictures is None:
        text = (
            "field pictures is missing: people get an address of each file. Write pictures: "
            '{link: "https://bucket.example.com/{path}"}, or pictures: serve.'
        )
        yield Mistake(place, text, "pictures")
