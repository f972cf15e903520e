"""What sections of a project's YAML share: strictness, names, and where data comes from."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from typing_extensions import Self

from hitl_assets.labeling.values.characters import normalize_text
from hitl_assets.labeling.written import Written

RepoName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\]+$")]
# Of files: what of Pachyderm's patterns is not needed is refused.
PATTERN = r"^/([^\[\]{}!()@+^]|\{[^\[\]{}!()@+^]*\})*$"
# Toloka's rule. Names are also columns of CSV files.
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]


def check_encoding(name: str) -> str:
    """The name of an encoding that there is."""
    try:
        b"".decode(name)
    except (LookupError, ValueError) as error:
        raise ValueError("write an encoding that Python knows, for example cp1252 or shift_jis") from error
    return name


def check_headers(columns: Mapping[str, str]) -> dict[str, str]:
    """The fields by the names that columns have in files, as they are read: without spaces at their ends."""
    found = {normalize_text(name): column for name, column in columns.items()}
    if len(found) < len(columns) or "" in found:
        raise ValueError("each column is named once, and not by spaces alone")
    return found


class Strict(BaseModel):
    """A section in which an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where data comes from: the files of a branch of a Pachyderm repo."""

    repo: RepoName = Field(description="the repo's name in Pachyderm")
    branch: RepoName = Field("master", description="commits elsewhere are not looked at")
    glob: str = Field(
        "/**.{csv,tsv,jsonl,xlsx}",
        pattern=PATTERN,
        description="which files: *, **, ? and {one,other} as in Pachyderm",
    )
    encoding: Annotated[str, AfterValidator(check_encoding)] | None = Field(
        None, description="of files that are not UTF-8, for example cp1252"
    )
    columns: Annotated[dict[str, FieldName], AfterValidator(check_headers)] | None = Field(
        None, description="the field of a column that has another name in the files, for example `{Review Text: text}`"
    )

    @property
    def written(self) -> Written:
        """How the files are written."""
        return Written(self.encoding, self.columns or {})

    def written_beside(self, raw: "Source") -> Written:
        """The same, where it is written as the raw data if nothing else is said."""
        return Written(self.encoding or raw.encoding, raw.written.columns if self.columns is None else self.columns)


class RawSource(Source):
    """Where items come from: the rows of the files, or the files themselves."""

    items: Literal["rows", "files"] = Field("rows", description="what an item is: a row of a table, or a whole file")
    field: FieldName | None = Field(None, description="with files: the input field that shows the file to people")
    values: str | None = Field(
        None,
        pattern=r"^/[^*?\[\]{}]+$",
        description="with files: a table in the same repo with the other input fields, a row for each path in `field`",
    )

    @model_validator(mode="after")
    def fit_together(self) -> Self:
        """Files need a field and a pattern of their own; rows have neither."""
        if self.items == "rows" and (self.field or self.values):
            raise ValueError("field and values go with items: files")
        if self.items == "files" and not (self.field and "glob" in self.model_fields_set):
            raise ValueError('files need a field and a glob, as in {glob: "/**.{png,jpg}", items: files, field: image}')
        return self
