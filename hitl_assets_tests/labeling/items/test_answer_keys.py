"""Answer keys with labels that a project does not allow."""

from dataclasses import replace

import pytest

from hitl_assets.labeling.items.answer_keys import check_answer_key, check_shared_key
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.unreadable import UnreadableFileError

GOOD = b"headline,category\nOne,clickbait\nTwo,\n"
WRONG = b"headline,category\nOne,clickbait\nTwo,Clickbait!\n"


def test_labels_that_are_not_allowed_are_named(shipped_project: Project) -> None:
    """With their row, and with what is allowed; a row without a label says nothing."""
    check_answer_key(shipped_project, GOOD, "key.csv")
    with pytest.raises(UnreadableFileError, match=r"key\.csv row 3 column category: 'Clickbait!' is not one of click"):
        check_answer_key(shipped_project, WRONG, "key.csv")


def test_many_wrong_labels_are_counted(shipped_project: Project) -> None:
    """The first few are enough to see what is wrong."""
    content = b"headline,category\n" + b"One,x\n" * 10
    with pytest.raises(UnreadableFileError, match=r"row 4 column category: .*7 more rows are wrong"):
        check_answer_key(shipped_project, content, "key.csv")


def test_a_key_is_for_the_projects_that_have_its_columns(shipped_project: Project) -> None:
    """One that suits any of these is good, and nothing is said of a project with other columns."""
    specification = {
        **shipped_project.project["task_spec"],
        "output_spec": {"category": {"type": "string", "allowed_values": ["a", "b"]}},
    }
    other = replace(shipped_project, project={**shipped_project.project, "task_spec": specification})
    check_shared_key([other, shipped_project], GOOD, "key.csv")
    check_shared_key([shipped_project], b"text,sentiment\nOne,x\n", "key.csv")
    with pytest.raises(UnreadableFileError, match="Correct the answer key"):
        check_shared_key([other, shipped_project], WRONG, "key.csv")
