"""The lock on a repo: an open commit on its branch `lock`. Whoever opened it holds it until it is finished."""

import logging
from dataclasses import dataclass

from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm.changes import ChangeCalls
from hitl_assets.services.pachyderm.errors import DeniedError, EndedError, MissingError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lock:
    """What `Pachyderm.held` gives."""

    pachyderm: ChangeCalls
    repo: str
    commit: str

    def check(self) -> None:
        """Ask whether the lock is still held, in one request. Right before what must not be done twice.

        Raises:
            TransientServiceError: somebody ended it, because they took the holder for dead; or pachd can't be asked.
        """
        try:
            info = self.pachyderm.look_at(self.repo, self.commit)
        except MissingError as error:
            raise TransientServiceError(f"{self} is gone: {error}") from error
        if info.HasField("finishing") or info.HasField("finished"):
            raise TransientServiceError(f"{self} was ended by somebody who took this run for dead. It stops here.")

    def release(self) -> None:
        """Let others in. One that stays open is ended by the next one who comes, once this run is over.

        Finished and not dropped: dropping needs a role on the whole cluster since 2.8.

        Raises:
            DeniedError: this token may not.
        """
        try:
            self.pachyderm.finish(self.repo, self.commit)
        except (EndedError, MissingError):
            logger.warning("%s was ended by somebody else before it was released.", self)
        except DeniedError:
            raise
        except (ServiceError, TransientServiceError) as error:
            logger.warning("%s stays open until somebody needs it: %s", self, error)

    def __str__(self) -> str:
        return f"The lock {self.repo}@{self.commit}"
