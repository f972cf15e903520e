"""What Dagster loads: the projects, and the services that they share, from the environment."""

from pathlib import Path

import dagster as dg

from hitl_assets.component import projects_definitions
from hitl_assets.notifiers import notifier_from_environment
from hitl_assets.resources import services_from_environment

projects_folder = Path(dg.EnvVar("HITL_PROJECTS").get_value() or Path(__file__).parent / "projects")

defs = projects_definitions(projects_folder, *services_from_environment(), notifier_from_environment())
