"""Where this Dagster starts its runs, and what has to be set for that. One rule, about the run launcher."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
from dagster._core.instance import InstanceRef
from dagster._core.launcher import DefaultRunLauncher

from hitl_assets.failures import explained
from hitl_assets.services.errors import TransientServiceError


class MissingVariableError(TransientServiceError):
    """The environment lacks the address of a service. Whoever sets it lets what waits go on."""


def check_variables(missing: Sequence[str], launcher: str) -> None:
    """Complain about variables that are not set where a launcher starts runs elsewhere.

    Raises:
        MissingVariableError: naming them all.
    """
    if missing and launcher:
        raise MissingVariableError(
            f"{not_set(missing)}, and this Dagster starts its runs "
            f"elsewhere ({launcher}). Set what is missing wherever the project is loaded: code server, run workers, "
            "`hitl`. The emulators' addresses are for one machine only."
        )


def check_variables_here(missing: Sequence[str], instance: dg.DagsterInstance | None, run_id: str | None) -> None:
    """The same in a tick, or in a run, which is tagged: it is asked for again, and goes on once they are set."""
    launcher = launcher_elsewhere(instance)
    if instance is not None and run_id:
        with explained(run_id, instance):
            check_variables(missing, launcher)
    check_variables(missing, launcher)


def launcher_elsewhere(instance: dg.DagsterInstance | None) -> str:
    """The class of the instance's run launcher if it starts runs elsewhere than on this machine, else nothing.

    The launcher itself is not made: Kubernetes' asks for a cluster at once.
    """
    return "" if instance is None or instance.is_ephemeral else named_elsewhere(instance.get_ref())


def launcher_of_home(home: str | None) -> str:
    """The same by the dagster.yaml of a DAGSTER_HOME; nothing is opened."""
    has_file = bool(home) and (Path(str(home)) / "dagster.yaml").is_file()
    return named_elsewhere(InstanceRef.from_dir(str(home))) if has_file else ""


def named_elsewhere(reference: InstanceRef) -> str:
    """The class of the run launcher that a configuration names, unless it is Dagster's own for one machine, or
    derived from that."""
    named = reference.run_launcher_data
    if named is None:
        return ""
    try:
        found = getattr(importlib.import_module(named.module_name), named.class_name)
    except (ImportError, AttributeError):  # it is of use where runs are started, and may be missing here
        return str(named.class_name)
    return "" if issubclass(found, DefaultRunLauncher) else str(named.class_name)


def not_set(names: Sequence[str]) -> str:
    """The beginning of a sentence about variables."""
    *others, last = names
    return f"{', '.join(others)} and {last} are not set" if others else f"{last} is not set"
