"""What Dagster loads: the projects, and the services that they share, from the environment."""

from pathlib import Path

import dagster as dg

from hitl_assets.component import projects_definitions
from hitl_assets.deployment import check_variables, launcher_of_home
from hitl_assets.notifiers import notifier_from_environment
from hitl_assets.resources import services_from_environment

projects_folder = Path(dg.EnvVar("HITL_PROJECTS").get_value() or Path(__file__).parent / "projects")
services = services_from_environment()
# What is missing is said at once where that can be known; else at the first tick.
missing = [name for each in services for name in each.unset]
check_variables(missing, launcher_of_home(dg.EnvVar("DAGSTER_HOME").get_value()))

defs = projects_definitions(projects_folder, *services, notifier_from_environment())
