"""The two services as `hitl status` asks them: once each; what is away is said, and not asked again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

import dagster as dg

from hitl_assets.deployment import MissingVariableError, launcher_elsewhere, not_set
from hitl_assets.labeling.money.budget import Account, spent_on
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Commit, PoolState
from hitl_assets.local.permissions import missing_permissions
from hitl_assets.resources import services_here
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.collection import read_accounts
from hitl_assets.steps.intake.changes import find_commit, unchanged_files

Client = TypeVar("Client", Toloka, Pachyderm)
Answer = TypeVar("Answer")


@dataclass
class Service(Generic[Client]):
    """A service, where it is (empty: nobody says), its client, and why it cannot be asked (empty: it can)."""

    address: str
    client: Client | None
    problem: str = ""

    def ask(self, question: Callable[[Client], Answer]) -> Answer | None:
        """What it answers; None once it did not."""
        if self.problem or self.client is None:
            return None
        try:
            return question(self.client)
        except (ServiceError, TransientServiceError) as error:
            self.problem = str(error)
            return None


@dataclass(frozen=True)
class Services:
    """Both services, and what is asked of them."""

    toloka: Service[Toloka]
    pachyderm: Service[Pachyderm]

    def balance(self) -> Decimal | None:
        """What is left on the account."""
        return self.toloka.ask(lambda client: client.balance())

    def pools(self, toloka_project_id: str) -> list[PoolState] | None:
        """The project's pools: one request for 300 of them."""
        return self.toloka.ask(lambda client: client.find_pools(toloka_project_id))

    def spent_in(self, pools: Sequence[PoolState], project: Project) -> Decimal:
        """What these pools have cost together, with the fee; nothing if Toloka does not say."""

        def count(client: Toloka) -> Decimal:
            assignments = [each for pool in pools for each in client.assignments(pool.id)]
            return spent_on(assignments, project.configuration.budget.fee)

        return (self.toloka.ask(count) if pools else None) or Decimal(0)

    def lacks(self, project: Project, batch: str) -> bool:
        """Whether Pachyderm answers, and does not have the commit of a batch: it is another cluster then."""

        def look(client: Pachyderm) -> bool:
            try:
                client.inspect_commit(project.configuration.source.repo, find_commit(client, project, batch))
            except TransientServiceError:
                raise
            except ServiceError:
                return True
            return False

        return bool(self.pachyderm.ask(look))

    def is_corrected(self, project: Project, batch: str) -> bool:
        """Whether each file that a batch's commit brought is another one now, or gone; so, too, if nobody can say."""

        def look(client: Pachyderm) -> list[str]:
            try:
                return unchanged_files(client, project, find_commit(client, project, batch))
            except TransientServiceError:
                raise
            except ServiceError:  # the commit is gone
                return []

        return not self.pachyderm.ask(look)

    def commits(self, project: Project, after: str | None) -> list[Commit] | None:
        """The finished commits of its source repo after that of this batch, oldest first."""
        source = project.configuration.source

        def look(client: Pachyderm) -> list[Commit]:
            commit = find_commit(client, project, after) if after else None
            return client.commits_since(source.repo, source.branch, commit)

        return self.pachyderm.ask(look)

    def missing_permissions(self, project: Project) -> list[str] | None:
        """What the token may not do of what the project needs."""
        return self.pachyderm.ask(lambda client: missing_permissions(client, project))

    def accounts(self, project: Project) -> dict[str, Account] | None:
        """What each batch has cost whose pool has ended."""
        return self.pachyderm.ask(lambda client: read_accounts(client, project))


def open_services(instance: dg.DagsterInstance) -> Services:
    """The services that the environment names. On one machine they are otherwise the emulators of the state; where the
    instance starts its runs elsewhere, what is not named is not asked.

    Raises:
        ServiceError: an address or a token that cannot be one.
    """
    toloka, pachyderm = services_here()
    launcher = launcher_elsewhere(instance)
    return Services(
        opened("Toloka", toloka.unset, launcher, lambda: Service(toloka.where(), toloka.quick_client())),
        opened("Pachyderm", pachyderm.unset, launcher, lambda: Service(pachyderm.where(), pachyderm.client())),
    )


def opened(name: str, unset: Sequence[str], launcher: str, service: Callable[[], Service[Client]]) -> Service[Client]:
    """A service, unless a variable of it is missed, or nothing runs that could stand in for it."""
    if unset and launcher:
        return Service("", None, f"{not_set(unset)} here, and runs are started elsewhere: {name} was not asked.")
    try:
        return service()
    except MissingVariableError as error:
        return Service("", None, str(error))
