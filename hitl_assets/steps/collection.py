"""What pools that ended have cost, as it is stored in Pachyderm. No Dagster."""

from collections.abc import Mapping
from decimal import Decimal

from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.file_forms import read_account
from hitl_assets.labeling.storage.files import name_of
from hitl_assets.services.pachyderm import Pachyderm


def spent_by(accounts: Mapping[str, Account]) -> Decimal:
    """What these pools have cost together."""
    return sum((account.spent for account in accounts.values()), Decimal(0))


def read_accounts(pachyderm: Pachyderm, project: Project) -> dict[str, Account]:
    """What the project's pools have cost that ended, by batch."""
    return read_accounts_of(pachyderm, project.name)


def read_accounts_of(pachyderm: Pachyderm, name: str) -> dict[str, Account]:
    """The same by the project's name."""
    repo = f"{name}_raw_answers"
    head = pachyderm.head(repo)
    files = pachyderm.read_matching(repo, head, "/*/account.json") if head else {}
    read = {name_of(path.rsplit("/", 1)[0]): read_account(content) for path, content in files.items()}
    return {batch: account for batch, account in read.items() if account is not None}
