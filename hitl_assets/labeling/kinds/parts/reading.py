"""Reading the parts of a label: our own form and that of Toloka's fields, with complaints that name the part."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hitl_assets.labeling.values.characters import show
from hitl_assets.labeling.values.values import BadValueError

Part = TypeVar("Part")


def read_each(value: Any, what: str, most: int, read: Callable[[Mapping[str, Any]], Part]) -> list[Part]:
    """What `read` makes of each part, at most so many. `what` a part is called is in the messages.

    Raises:
        BadValueError: something is wrong with one of them, by its number.
    """
    if not isinstance(value, list | tuple):
        raise BadValueError(f"{value!r:.80} is no list of {what}s")
    if len(value) > most:
        raise BadValueError(f"there are {len(value)} {what}s, more than {most}")
    found = []
    for number, each in enumerate(value, 1):
        try:
            if not isinstance(each, Mapping):
                raise BadValueError("is no object")
            found.append(read(each))
        except BadValueError as error:
            raise BadValueError(f"{what} {number} {error}") from None
    return found


def read_class(part: Mapping[str, Any], classes: Sequence[str]) -> str:
    """The class of a part: `class` in our own form, `label` in Toloka's. A lone one needs not be said."""
    name = part.get("class", part.get("label"))
    if name is None and len(classes) == 1:
        return classes[0]
    if name is None:
        raise BadValueError("has no class")
    if not isinstance(name, str) or name not in classes:
        raise BadValueError(f"has the class {show(str(name))}, which is none of {', '.join(classes)}")
    return name
