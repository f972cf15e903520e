"""Reading what a client sends: required fields, types and limits, with one error per wrong field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.errors import ApiError, FieldErrors


@dataclass(frozen=True)
class Form:
    """One JSON object of a request, and where it stands in it. A null counts as missing."""

    values: Mapping[str, Any]
    errors: FieldErrors
    prefix: str = ""

    @classmethod
    def of(cls, body: Any) -> Form:
        """The body of a request. 400 if it is no object."""
        if not isinstance(body, dict):
            raise ApiError(400, "VALIDATION_ERROR", "The body must be a JSON object", {})
        return cls(body, FieldErrors())

    def refuse(self, name: str, code: str, message: str, **params: Any) -> None:
        """Note an error of one field."""
        self.errors.add(self.prefix + name, code, message, **params)

    def text(self, name: str, required: bool = False, longest: int = 1_000_000) -> str | None:
        """A string."""
        value = self._get(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(name, "STRING_EXPECTED", "Expected a string")
        elif required and not value.strip():
            self.refuse(name, "BLANK_STRING_NOT_ALLOWED", "Must not be blank")
        elif len(value) > longest:
            self.refuse(name, "STRING_LENGTH_GREATER_THAN_MAX", f"At most {longest} characters", max=longest)
        else:
            return value
        return None

    def choice(self, name: str, allowed: tuple[str, ...], required: bool = False) -> str | None:
        """One of a few strings."""
        value = self.text(name, required)
        if value is not None and value not in allowed:
            self.refuse(name, "UNKNOWN_ENUM_VALUE", f"Must be one of {', '.join(allowed)}", allowed=list(allowed))
            return None
        return value

    def whole(self, name: str, low: int, high: int, required: bool = False) -> int | None:
        """An integer within its limits."""
        value = self._get(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(name, "INTEGER_EXPECTED", "Expected an integer")
            return None
        return int(value) if self._within(name, value, low, high) else None

    def money(self, name: str, low: Decimal, high: Decimal, required: bool = False) -> Decimal | None:
        """An amount in dollars."""
        value = self._get(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(name, "FLOAT_EXPECTED", "Expected a number")
            return None
        amount = Decimal(str(value))
        return amount if self._within(name, amount, low, high) else None

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "BOOLEAN_EXPECTED", "Expected true or false")
            return None
        return value

    def part(self, name: str, required: bool = False) -> Form | None:
        """An object inside this one."""
        value = self._get(name, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(name, "OBJECT_EXPECTED", "Expected an object")
            return None
        return Form(value, self.errors, f"{self.prefix}{name}.")

    def texts(self, name: str, required: bool = False) -> dict[str, str]:
        """A text by language: `{"EN": "Thank you"}`. Empty if it is missing."""
        part = self.part(name, required)
        if part is None:
            return {}
        if required and not part.values:
            self.refuse(name, "EMPTY_OBJECT_NOT_ALLOWED", "Give the text in at least one language")
        return {language: part.text(language, required=True) or "" for language in part.values}

    def parts(self, name: str) -> list[Form]:
        """The objects of an array inside this one."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(name, "ARRAY_EXPECTED", "Expected an array of objects")
            return []
        return [Form(item, self.errors, f"{self.prefix}{name}.{index}.") for index, item in enumerate(value)]

    def not_covered(self, *names: str) -> None:
        """Refuse fields that would change what the real service does, and that this emulator does not run."""
        for name in names:
            if self.values.get(name) not in (None, []):
                self.refuse(name, "VALUE_NOT_ALLOWED", f"This emulator does not run {name} (COVERAGE.md)")

    def _get(self, name: str, required: bool) -> Any:
        value = self.values.get(name)
        if value is None and required:
            self.refuse(name, "VALUE_REQUIRED", "Value must be present and not null")
        return value

    def _within(self, name: str, value: int | Decimal, low: int | Decimal, high: int | Decimal) -> bool:
        if value < low:
            self.refuse(name, "VALUE_LESS_THAN_MIN", f"Must be at least {low}", min=float(low))
        elif value > high:
            self.refuse(name, "VALUE_GREATER_THAN_MAX", f"Must be at most {high}", max=float(high))
        return low <= value <= high
