"""The waits: for a commit, for people, for enough to learn from; what they remember, and whom they tell."""

import dagster as dg

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.sensors.commits import commits_sensor
from hitl_assets.sensors.pools import pools_sensor
from hitl_assets.sensors.retraining import retraining_sensors


def labeling_sensors(project: Project) -> list[dg.SensorDefinition]:
    """The sensors of a project; the third one if it trains a model. All run from the start."""
    return [commits_sensor(project), pools_sensor(project), *retraining_sensors(project)]
