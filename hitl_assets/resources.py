"""Toloka and Pachyderm as Dagster resources: an address, a secret, nothing else."""

from collections.abc import Callable

import dagster as dg
from pydantic import Field

from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka import Toloka
from hitl_assets.services.toloka_connection import unfenced


class TolokaResource(dg.ConfigurableResource):
    """A Toloka account, or an emulator of it."""

    url: str = Field(description="the address of Toloka's API, without a path")
    token: str = Field(repr=False, description="an OAuth token or an API key; from the environment")

    def client(self, fence: Callable[[], None] = unfenced) -> Toloka:
        """A client for this account, which asks `fence` for leave before each write."""
        return Toloka(self.url, self.token, fence=fence)


class PachydermResource(dg.ConfigurableResource):
    """A Pachyderm cluster, or an emulator of it."""

    address: str = Field(description="host:port of pachd, or grpcs://host:port for TLS")
    token: str = Field(
        "", repr=False, description="an authentication token, where the cluster asks for one; from the environment"
    )

    def client(self) -> Pachyderm:
        """A client for this cluster."""
        return Pachyderm(self.address, self.token)


def services_from_environment() -> tuple[TolokaResource, PachydermResource]:
    """The services that the environment names; without accounts the emulators (`hitl emulators`)."""
    toloka = TolokaResource(
        url=variable("TOLOKA_URL", "http://127.0.0.1:8650"), token=variable("TOLOKA_TOKEN", "emulator")
    )
    pachyderm = PachydermResource(
        address=variable("PACHD_ADDRESS", "127.0.0.1:30650"), token=variable("PACHD_TOKEN", "emulator")
    )
    return toloka, pachyderm


def variable(name: str, default: str) -> str:
    """The variable as Dagster shows it (its name, never its value), or the emulators' value where it isn't set."""
    return dg.EnvVar(name) if dg.EnvVar(name).get_value() else default
