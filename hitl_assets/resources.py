"""Toloka and Pachyderm as Dagster resources: an address, a secret, nothing else."""

import dagster as dg
from pydantic import Field

from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka import Toloka


class TolokaResource(dg.ConfigurableResource):
    """A Toloka account, or an emulator of it."""

    url: str = Field(description="the address of Toloka's API, without a path")
    token: str = Field(repr=False, description="an OAuth token or an API key; from the environment")

    def client(self) -> Toloka:
        """A client for this account."""
        return Toloka(self.url, self.token)


# What a look at pachd may take in a sensor, in seconds.
TICK_SECONDS = 40.0


class PachydermResource(dg.ConfigurableResource):
    """A Pachyderm cluster, or an emulator of it."""

    address: str = Field(description="host:port of pachd, or grpcs://host:port for TLS")
    token: str = Field(
        "", repr=False, description="an authentication token, where the cluster asks for one; from the environment"
    )

    def client(self) -> Pachyderm:
        """A client for this cluster."""
        return Pachyderm(self.address, self.token)

    def hasty_client(self) -> Pachyderm:
        """One for a sensor: Dagster cuts a tick off after 60 s, and then nobody says that pachd didn't answer."""
        return Pachyderm(self.address, self.token, timeout=TICK_SECONDS / 3, patience=TICK_SECONDS)


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
