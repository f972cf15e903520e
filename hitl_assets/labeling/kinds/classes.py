"""`class`: a label is one of several values, equal to another or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.values.characters import normalize_text
from hitl_assets.labeling.values.identity import canonical_json, convert
from hitl_assets.labeling.values.values import TEXTUAL

# As what answers are compared that may be anything.
COMPARED = dict.fromkeys(TEXTUAL, "text, but for spaces at the ends and what nobody sees")


@dataclass(frozen=True)
class Class(Kind):
    """One value an item: itself the question that decides it."""

    name: ClassVar[str] = "class"
    takes_model: ClassVar[bool] = True

    def plain(self, value: Any) -> Any:
        """What people wrote freely without what nobody sees in it.

        The order of names in an object, and 1 or 1.0, make no difference either: see `format_value`. Case does.
        """
        return value if self.spec.get("allowed_values") else convert(value, normalize_text)

    def read_cell(self, text: str) -> str:
        """The text as it is: it was looked at when the file was."""
        return text

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether both are equal, as they are compared where people write freely."""
        return canonical_json(convert(given, normalize_text)) == canonical_json(convert(known, normalize_text))

    def describe(self) -> str:
        """The values, or the type of a field that allows any."""
        return ", ".join(map(str, self.counted or [super().describe()]))

    def caution(self) -> str:
        """How text and its like is compared."""
        type_ = str(self.spec.get("type", "string"))
        return "" if self.counted else COMPARED.get(type_, "")

    @property
    def labels(self) -> Sequence[str]:
        """The values that the field allows."""
        return [format_value(value) for value in self.counted]

    @property
    def counted(self) -> Sequence[Any]:
        """The values that the field allows, as they are written there."""
        return self.spec.get("allowed_values") or ()
