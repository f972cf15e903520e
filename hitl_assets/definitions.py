"""What Dagster loads: the projects, and the services that they share, from the environment."""

import dagster as dg

from hitl_assets.component import projects_definitions
from hitl_assets.deployment import check_variables, launcher_of_home
from hitl_assets.local.state import State
from hitl_assets.notifiers import notifier_from_environment
from hitl_assets.resources import services_from_environment
from hitl_assets.services.whereabouts import state_directory

# On one machine `hitl dev` names them; whoever names none sees their own, and the example where there are none.
places = State(state_directory()).places
services = services_from_environment()
# What is missing is said at once where that can be known; else at the first tick.
missing = [name for each in services for name in each.unset]
check_variables(missing, launcher_of_home(dg.EnvVar("DAGSTER_HOME").get_value()))

defs = projects_definitions(places, *services, notifier_from_environment())
