"""`class`: a label is one of several values, equal to another or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import Field

from hitl_assets.labeling.kinds.kind import Draft, OneOf
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.values.characters import normalize_text
from hitl_assets.labeling.values.identity import canonical_json, convert
from hitl_assets.labeling.values.values import TEXTUAL

# Keys 1 to 9 choose an answer.
MOST_HOTKEYS = 9
# As what answers are compared that may be anything.
COMPARED = "text, but for spaces at the ends and what nobody sees"


class ClassTerms(LabelTerms):
    """One of several values, equal to another or not."""

    kind: Literal["class"] = Field(description="what a label is")


@dataclass(frozen=True)
class Class(OneOf):
    """One value an item: itself the question that decides it."""

    name: ClassVar[str] = "class"
    terms: ClassVar[type[LabelTerms]] = ClassTerms
    works_on: ClassVar[str] = "fields of texts, whole numbers or booleans, and those with allowed_values"
    takes_model: ClassVar[bool] = True

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Lists and objects are hardly ever equal, nor are numbers with a fraction."""
        if cls.is_told_by(spec):
            return ""
        return f"Values of type {spec.get('type')} are no classes: those who mean the same seldom write the same."

    @classmethod
    def is_told_by(cls, spec: Mapping[str, Any]) -> bool:
        """A text, a whole number, true or false, or one of the allowed values."""
        type_ = str(spec.get("type", "string"))
        is_one_of_some = bool(spec.get("allowed_values")) and not type_.startswith("array_")
        return is_one_of_some or type_ in (*TEXTUAL, "integer", "boolean")

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """Buttons, and keys for the first of them."""
        few = len(names) <= MOST_HOTKEYS
        options = [{"value": each, "label": each.capitalize()} for each in names]
        return Draft(
            {"type": "string", "required": True, "allowed_values": list(names)},
            {"kind": "class", "field": field},
            {"type": "field.button-radio-group" if few else "field.radio-group", "options": options},
            list(names),
            f"choose one of: {', '.join(names)}",
            names,
            names[:MOST_HOTKEYS],
        )

    @property
    def version(self) -> Any:
        """The field, as before there were kinds."""
        return self.field

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

    @property
    def evidence(self) -> str:
        """All that there was before there were kinds."""
        return ""

    def describe(self) -> str:
        """The values, or the type of a field that allows any."""
        return ", ".join(map(str, self.counted or [super().describe()]))

    def caution(self) -> tuple[str, str] | None:
        """Texts that people write freely."""
        is_free = not self.counted and str(self.spec.get("type", "string")) in TEXTUAL
        return (COMPARED, "Name its allowed_values, or expect few labels that are sure.") if is_free else None
