"""What changed among answers that were collected before."""

from hitl_assets.labeling.answers.changes import AnswerChanges, compare_assignments


def test_what_is_new_changed_and_gone_is_told_by_ids() -> None:
    """The order says nothing; what has the same revision is the same."""
    before = [{"id": "a", "revision": 1}, {"id": "b", "revision": 1}, {"id": "c", "revision": 1}]
    now = [{"id": "d", "revision": 1}, {"id": "b", "revision": 2}, {"id": "a", "revision": 1}]
    assert compare_assignments(before, now) == AnswerChanges(added=("d",), changed=("b",), gone=("c",))
    assert compare_assignments(now, now) == AnswerChanges()
