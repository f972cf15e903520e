"""Which repos a project reads and writes, and what the token of this environment may not do on them."""

from hitl_assets.assets.story import labeling_assets
from hitl_assets.io_managers import repo_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.pachyderm import Pachyderm

# An asset of this kind is kept in a repo of its own name.
STORED = "pachyderm"


def repos_read(project: Project) -> list[str]:
    """The repos that others write: items, what was labeled before or withdrawn, predictions that somebody brings."""
    configuration = project.configuration
    brought = configuration.model.predictions if configuration.model else None
    sources = (
        configuration.source,
        configuration.dataset,
        configuration.withdrawn,
        brought.source if brought else None,
    )
    return sorted({source.repo for source in sources if source is not None})


def repos_written(project: Project) -> list[str]:
    """The project's own repos: one for each asset that is stored. That of `pools` has the lock as well."""
    specs = (spec for asset in labeling_assets(project) for spec in asset.specs)
    return sorted(repo_of(spec.key) for spec in specs if STORED in spec.kinds)


def missing_permissions(pachyderm: Pachyderm, project: Project) -> list[str]:
    """What the token may not do of what the project needs: a sentence each, with the command that gives it.

    Raises:
        ServiceError, TransientServiceError: Pachyderm cannot be asked, or does not know the token.
    """
    return pachyderm.missing_permissions(repos_read(project), repos_written(project))
