"""What Dagster loads: the projects, and the addresses that they share.

The environment is read here and nowhere else. Without accounts the addresses are the emulators' (`hitl emulators`).
"""

from pathlib import Path

import dagster as dg

from hitl_assets.component import projects_definitions
from hitl_assets.resources import PachydermResource, TolokaResource


def variable(name: str, default: str) -> str:
    """The variable as Dagster shows it (its name, never its value), or the emulators' value where it isn't set."""
    return dg.EnvVar(name) if dg.EnvVar(name).get_value() else default


projects_folder = Path(dg.EnvVar("HITL_PROJECTS").get_value() or Path(__file__).parent / "projects")

toloka = TolokaResource(url=variable("TOLOKA_URL", "http://127.0.0.1:8650"), token=variable("TOLOKA_TOKEN", "emulator"))
pachyderm = PachydermResource(
    address=variable("PACHD_ADDRESS", "127.0.0.1:30650"), token=variable("PACHD_TOKEN", "emulator")
)

defs = projects_definitions(projects_folder, toloka, pachyderm)
