"""What sections of a project's YAML share: strictness, names, and where data comes from."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

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
