"""What the emulator refuses, by kind. No gRPC here: `routes` maps kinds to status codes."""


class PfsError(Exception):
    """An answer that is an error for one call. The text is what the client sees; clients match parts of it."""


class NotFoundError(PfsError):
    """The repo, branch, commit, commit set or file is not there."""


class AlreadyExistsError(PfsError):
    """The repo, branch or commit is there already."""


class RefusedError(PfsError):
    """A rule of PFS forbids it. pachd answers UNKNOWN for all of these."""


class BeyondFirstError(RefusedError):
    """An ancestor of the first commit. Until 2.11 pachd says that it is not found."""


class BadRequestError(PfsError):
    """The request lacks what its call needs."""


class UnfinishedError(PfsError):
    """The commit has to be finished first."""


class NotAuthenticatedError(PfsError):
    """Nobody knows who calls."""


class NotAuthorizedError(PfsError):
    """The caller lacks a role."""


class CycleError(PfsError):
    """A branch would be in its own provenance."""


class PanicError(PfsError):
    """pachd stumbles over a request of this client."""


class UnsupportedError(PfsError):
    """pachd could do it, the emulator can't."""


class DamagedError(PfsError):
    """A file of the state directory is missing or damaged."""


class StorageError(PfsError):
    """A file of the state directory can't be written: the disk is full, or failed."""


class TooLargeError(PfsError):
    """A message is larger than pachd takes."""


class CutOffError(PfsError):
    """The caller went away in the middle of a call."""


class StoppedError(PfsError):
    """The emulator stops while the call waits."""


class StateError(Exception):
    """The state directory can't be opened: in use, of a newer format, or damaged."""
