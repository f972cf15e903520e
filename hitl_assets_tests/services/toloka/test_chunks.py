"""How the tasks of a pool fit into requests."""

from toloka.client import Task

from hitl_assets.services.toloka.tasks import CHUNK, in_chunks


def tasks(count: int, characters: int) -> list[Task]:
    """So many tasks with texts of this length."""
    return [Task(pool_id="1", input_values={"text": "ж" * characters, "n": number}) for number in range(count)]


def test_short_tasks_go_in_chunks_of_the_same_places_as_ever() -> None:
    """An upload is known by its place: one that an earlier version made is found."""
    assert [(start, len(chunk)) for start, chunk in in_chunks(tasks(2 * CHUNK + 1, 10))] == [
        (0, CHUNK), (CHUNK, CHUNK), (2 * CHUNK, 1),
    ]  # fmt: skip


def test_long_tasks_go_in_chunks_that_toloka_takes() -> None:
    """More than a megabyte at once is refused, and the batch would never be published."""
    every = tasks(120, 10_000)
    chunks = [chunk for _, chunk in in_chunks(every)]
    assert [len(chunk) for chunk in chunks] == [49, 49, 22]
    assert [task for chunk in chunks for task in chunk] == every


def test_known_answers_count_as_well() -> None:
    """Outlines in a picture are longer than its address."""
    known = [Task.KnownSolution(output_values={"outlines": "x" * 100_000})]
    every = [Task(pool_id="1", input_values={"image": "a.png"}, known_solutions=known) for _ in range(12)]
    assert [len(chunk) for _, chunk in in_chunks(every)] == [9, 3]


def test_no_tasks_need_no_request() -> None:
    """A batch may have none for people."""
    assert list(in_chunks([])) == []
