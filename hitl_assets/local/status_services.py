"""The two services as `hitl status` asks them: once each; what is away is said, and not asked again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import dagster as dg

from hitl_assets.collecting import read_accounts, spent_on
from hitl_assets.deployment import launcher_elsewhere, not_set
from hitl_assets.labeling.budget import Account
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import Commit, PoolState
from hitl_assets.local.permissions import missing_permissions
from hitl_assets.resources import services_from_environment
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka import Toloka

Answer = TypeVar("Answer")


@dataclass
class Service:
    """A service, where it is (empty: nobody says), and why it cannot be asked (empty: it can)."""

    address: str
    problem: str = ""

    def ask(self, question: Callable[[], Answer]) -> Answer | None:
        """What it answers; None once it did not."""
        if self.problem:
            return None
        try:
            return question()
        except (ServiceError, TransientServiceError) as error:
            self.problem = str(error)
            return None


@dataclass(frozen=True)
class Services:
    """Both services, and what is asked of them."""

    toloka: Service
    pachyderm: Service
    toloka_client: Toloka
    pachyderm_client: Pachyderm

    def balance(self) -> Decimal | None:
        """What is left on the account."""
        return self.toloka.ask(self.toloka_client.balance)

    def pools(self, toloka_project_id: str) -> list[PoolState] | None:
        """The project's pools: one request for 300 of them."""
        return self.toloka.ask(lambda: self.toloka_client.find_pools(toloka_project_id))

    def spent_in(self, pools: Sequence[PoolState], project: Project) -> Decimal:
        """What these pools have cost together, with the fee; nothing if Toloka does not say."""

        def count() -> Decimal:
            assignments = [each for pool in pools for each in self.toloka_client.assignments(pool.id)]
            return spent_on(assignments, project.configuration.budget.fee)

        return (self.toloka.ask(count) if pools else None) or Decimal(0)

    def lacks(self, project: Project, batch: str) -> bool:
        """Whether Pachyderm answers, and does not have the commit of a batch: it is another cluster then."""
        if self.pachyderm.problem:
            return False
        try:
            self.pachyderm_client.inspect_commit(project.configuration.source.repo, batch)
        except TransientServiceError as error:
            self.pachyderm.problem = str(error)
        except ServiceError:
            return True
        return False

    def commits(self, project: Project, after: str | None) -> list[Commit] | None:
        """The finished commits of its source repo after this one, oldest first."""
        source = project.configuration.source
        return self.pachyderm.ask(lambda: self.pachyderm_client.commits_since(source.repo, source.branch, after))

    def missing_permissions(self, project: Project) -> list[str] | None:
        """What the token may not do of what the project needs."""
        return self.pachyderm.ask(lambda: missing_permissions(self.pachyderm_client, project))

    def accounts(self, project: Project) -> dict[str, Account] | None:
        """What each batch has cost whose pool has ended."""
        return self.pachyderm.ask(lambda: read_accounts(self.pachyderm_client, project))


def open_services(instance: dg.DagsterInstance) -> Services:
    """The services that the environment names. On one machine they are otherwise the emulators at their default
    addresses; where the instance starts its runs elsewhere, what is not named is not asked.

    Raises:
        ServiceError: an address or a token that cannot be one.
    """
    toloka, pachyderm = (resource.process_config_and_initialize() for resource in services_from_environment())
    launcher = launcher_elsewhere(instance)
    return Services(
        named("Toloka", toloka.url, toloka.unset, launcher),
        named("Pachyderm", pachyderm.address, pachyderm.unset, launcher),
        toloka.client(),
        pachyderm.client(),
    )


def named(name: str, address: str, unset: Sequence[str], launcher: str) -> Service:
    """A service at an address, unless a variable of it is missed."""
    if unset and launcher:
        return Service("", f"{not_set(unset)} here, and runs are started elsewhere: {name} was not asked.")
    return Service(address)
