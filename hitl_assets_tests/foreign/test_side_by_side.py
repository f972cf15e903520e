"""Side by side: which of two pictures is better, and a ranking of what made them."""

from __future__ import annotations

from itertools import combinations

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from crowdkit.aggregation import BradleyTerry
from toloka.client.project import StringSpec, UrlSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import answers, pool, project, wait

# From the worst to the best; each made a picture of each of ten scenes.
MODELS = ("blurry", "plain", "sharp", "stunning")
SCENES = range(10)


pytestmark = pytest.mark.slow  # a whole program each


def picture(model: str, scene: int) -> str:
    """Its address."""
    return f"https://example.com/{model}/{scene}.png"


PAIRS = [(picture(left, scene), picture(right, scene)) for scene in SCENES for left, right in combinations(MODELS, 2)]
TRUTH = [{"left": left, "right": right, "better": right} for left, right in PAIRS]


def test_models_are_ranked_by_what_people_prefer(service: Service) -> None:
    """The answer is the picture itself: options are values of the task."""
    client = service(TRUTH)
    sides = tb.SideBySideLayoutV1(
        items=[tb.ImageViewV1(tb.InputData("left")), tb.ImageViewV1(tb.InputData("right"))],
        controls=tb.ButtonRadioGroupFieldV1(
            tb.OutputData("better"),
            options=[
                tb.fields.GroupFieldOption(tb.InputData("left"), "Left"),
                tb.fields.GroupFieldOption(tb.InputData("right"), "Right"),
            ],
            validation=tb.RequiredConditionV1(),
        ),
    )
    asks = {"left": UrlSpec(), "right": UrlSpec()}
    asked = project(client, "Which is better?", asks, {"better": UrlSpec()}, sides)
    compared = pool(client, asked, overlap=3)
    compared.set_mixer_config(real_tasks_count=6)
    compared = client.create_pool(compared)
    tasks = [toloka.Task(pool_id=compared.id, input_values={"left": left, "right": right}) for left, right in PAIRS]
    client.create_tasks(tasks, allow_defaults=True, open_pool=True)
    wait(client, compared.id)

    table = answers(client, compared.id, "better").rename(columns={"INPUT:left": "left", "INPUT:right": "right"})
    assert ((table["label"] == table["left"]) | (table["label"] == table["right"])).all()
    for column in ("left", "right", "label"):
        table[column] = table[column].str.split("/").str[3]
    scores = BradleyTerry(n_iter=100).fit_predict(table[["worker", "left", "right", "label"]])
    assert tuple(scores.sort_values().index) == MODELS


def test_a_word_for_neither_is_an_option_like_others(service: Service) -> None:
    """Values of the task and values that are written out, side by side."""
    client = service()
    choice = tb.RadioGroupFieldV1(
        tb.OutputData("better"),
        options=[
            tb.fields.GroupFieldOption(tb.InputData("left"), "Left"),
            tb.fields.GroupFieldOption(tb.InputData("right"), "Right"),
            tb.fields.GroupFieldOption("neither", "Neither"),
        ],
    )
    asked = project(
        client, "Which text?", {"left": StringSpec(), "right": StringSpec()}, {"better": StringSpec()}, choice
    )
    compared = pool(client, asked, overlap=4)
    compared.set_mixer_config(real_tasks_count=2)
    compared = client.create_pool(compared)
    tasks = [toloka.Task(pool_id=compared.id, input_values={"left": f"a{n}", "right": f"b{n}"}) for n in range(10)]
    client.create_tasks(tasks, allow_defaults=True, open_pool=True)
    wait(client, compared.id)
    table = answers(client, compared.id, "better")
    assert {label[0] for label in table["label"]} == {"a", "b", "n"}
    assert len(table) == 40
