"""What sections of a project's YAML share: strictness, names, and where data comes from."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from hitl_assets.labeling.values.characters import normalize_text
from hitl_assets.labeling.written import Written

RepoName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\]+$")]
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
        pattern=r"^/([^\[\]{}!()@+^]|\{[^\[\]{}!()@+^]*\})*$",
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
