"""Toloka and Pachyderm as Dagster resources: an address, a secret, and which of them the environment lacks.

Without an address, on one machine, they are the emulators that run on the state directory, and no others."""

import shlex
from collections.abc import Callable
from functools import partial
from typing import Any

import dagster as dg
from pydantic import Field

from hitl_assets.deployment import MissingVariableError, check_variables_here, not_set
from hitl_assets.labeling.media.links import Links
from hitl_assets.labeling.media.secrets import SecretError, Secrets
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.traits import TOLOKA
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import LabelingService
from hitl_assets.services.media_secret import local_secret
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.connection import unfenced
from hitl_assets.services.toloka.quick import QuickToloka
from hitl_assets.services.toloka.service import TolokaService
from hitl_assets.services.whereabouts import find_services, state_directory


class Service(dg.ConfigurableResource):
    """A service outside. `unset` are the variables that are not set, in whose place the emulators of the state
    directory are: only where runs are started on this machine."""

    unset: list[str] = Field([], description="variables that are not set; emulators are looked for in their place")

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Before a run or a tick.

        Raises:
            MissingVariableError: a variable is not set, and runs are started elsewhere.
        """
        check_variables_here(self.unset, context.instance, context.run.run_id if context.run else None)


class LabelingResource(Service):
    """A labeling service: its key among the resources is its name in the YAML."""

    def client(self, fence: Callable[[], None] = unfenced) -> LabelingService:
        """A client, which asks `fence` for leave before each write."""
        raise NotImplementedError


def labeler(context: Any, project: Project) -> LabelingResource:
    """The resource of the service that a project's YAML names, in a run or a tick that asks for it."""
    found: LabelingResource = getattr(context.resources, project.service.name)
    return found


class TolokaResource(LabelingResource):
    """A Toloka account, or an emulator of it."""

    url: str = Field(description="the address of Toloka's API, without a path; empty: the state directory's emulator")
    token: str = Field(repr=False, description="an OAuth token or an API key; from the environment")

    def client(self, fence: Callable[[], None] = unfenced) -> TolokaService:
        """A client for this account, which asks `fence` for leave before each write.

        Raises:
            MissingVariableError: the environment names no account, and no emulator runs on the state directory.
        """
        return TolokaService(self.where(), self.token, fence=fence)

    def quick_client(self) -> QuickToloka:
        """One for a look, which is there before toloka-kit would be imported."""
        return QuickToloka(self.where(), self.token)

    def where(self) -> str:
        """The address, or that of the emulator."""
        return self.url or emulator_of("TOLOKA_URL")


# What a look at pachd may take in a sensor, in seconds.
TICK_SECONDS = 40.0


class PachydermResource(Service):
    """A Pachyderm cluster, or an emulator of it."""

    address: str = Field(
        description="host:port of pachd, or grpcs://host:port for TLS; empty: the state directory's emulator"
    )
    token: str = Field(
        "", repr=False, description="an authentication token, where the cluster asks for one; from the environment"
    )

    def client(self) -> Pachyderm:
        """A client for this cluster.

        Raises:
            MissingVariableError: the environment names none, and no emulator runs on the state directory.
        """
        return Pachyderm(self.where(), self.token)

    def hasty_client(self) -> Pachyderm:
        """One for a sensor: Dagster cuts a tick off after 60 s, and then nobody says that pachd didn't answer."""
        return Pachyderm(self.where(), self.token, timeout=TICK_SECONDS / 3, patience=TICK_SECONDS)

    def where(self) -> str:
        """The address, or that of the emulator."""
        return self.address or emulator_of("PACHD_ADDRESS")


class MediaResource(Service):
    """The server that shows people the files of open batches, for projects with `pictures: serve`."""

    url: str = Field(description="by which address people reach it; empty: the one that runs on the state directory")
    secret: str = Field(repr=False, description="what links are signed with; from the environment")

    def links(self) -> Links:
        """What writes links to it.

        Raises:
            MissingVariableError: the environment names no server, and none runs on the state directory.
            ServiceError: there is no secret to sign with.
        """
        folder = state_directory()
        own = find_services(folder).get("HITL_MEDIA_URL")
        address = self.url or own
        if not address:
            raise MissingVariableError(
                f"{not_set(['HITL_MEDIA_URL'])}, and no `hitl media` runs on {folder.resolve()}. Start `hitl dev`, or "
                "`hitl media` where people reach it, and set its address."
            )
        secret = self.secret or (local_secret(folder) if address == own else "")
        try:
            return Links(address, Secrets.from_text(secret))
        except SecretError as error:
            raise ServiceError(str(error)) from error


def media_from_environment() -> MediaResource:
    """The server as the environment names it."""
    return MediaResource(
        url=variable("HITL_MEDIA_URL", ""),
        secret=variable("HITL_MEDIA_SECRET", ""),
        unset=unset("HITL_MEDIA_URL", "HITL_MEDIA_SECRET"),
    )


def emulator_of(variable: str) -> str:
    """The address of the emulator, of the state directory, that stands in for a service whose variable isn't set.

    Raises:
        MissingVariableError: none runs there. Others are not looked for: they would be somebody else's.
    """
    folder = state_directory()
    found = find_services(folder).get(variable)
    if not found:
        raise MissingVariableError(
            f"{not_set([variable])}, and no emulator runs on {folder.resolve()}. Start `hitl emulators --state "
            f"{shlex.quote(str(folder))}` (or `hitl dev`, with Dagster's UI), or set the variables of a real service."
        )
    return found


def services_from_environment() -> tuple[TolokaResource, PachydermResource]:
    """Toloka and Pachyderm as the environment names them; without accounts the emulators of the state directory."""
    return services(variable)


def services_here() -> tuple[TolokaResource, PachydermResource]:
    """The same for use at once, outside of Dagster: to resolve variables, that makes an instance for each of them."""
    return services(value)


def toloka_from(read: Callable[[str, str], str]) -> TolokaResource:
    """Toloka, by what `read` makes of a variable's name and of what stands in for it."""
    return TolokaResource(
        url=read("TOLOKA_URL", ""),
        token=read("TOLOKA_TOKEN", "emulator"),
        unset=unset("TOLOKA_URL", "TOLOKA_TOKEN"),
    )


def services(read: Callable[[str, str], str]) -> tuple[TolokaResource, PachydermResource]:
    """Both services."""
    pachyderm = PachydermResource(
        address=read("PACHD_ADDRESS", ""),
        token=read("PACHD_TOKEN", "emulator"),
        unset=unset("PACHD_ADDRESS"),  # a cluster may ask for no token
    )
    return toloka_from(read), pachyderm


def variable(name: str, default: str) -> str:
    """The variable as Dagster shows it (its name, never its value), or the emulators' value where it isn't set."""
    return dg.EnvVar(name) if dg.EnvVar(name).get_value() else default


def value(name: str, default: str) -> str:
    """What the variable holds."""
    return dg.EnvVar(name).get_value() or default


def unset(*names: str) -> list[str]:
    """Those of the variables that are not set, or empty."""
    return [name for name in names if not dg.EnvVar(name).get_value()]


# Who labels, by the name of the resource and of the section in the YAML.
LABELERS: dict[str, Callable[[], LabelingResource]] = {TOLOKA.name: partial(toloka_from, variable)}
