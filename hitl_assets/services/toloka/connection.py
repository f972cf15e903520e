"""The connection to a Toloka account: two clients, and errors as ours."""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.records import canonical_json
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.tokens import clean_token

if TYPE_CHECKING:
    from hitl_assets.services.toloka.kit import TolokaClient, TolokaRetry

PAGE = 300
REFUSALS = frozenset({401, 403})
ABOUT_TOKENS = re.compile(r"token|oauth|api.?key|authenti|authoriz", re.IGNORECASE)
ABOUT_WHO_ASKS = frozenset({"AUTHENTICATION_ERROR", "ACCESS_DENIED"})
NOT_JSON = "the answer is not JSON. Check TOLOKA_URL."
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


def unfenced() -> None:
    """Whoever writes needs no leave."""


# Toloka's API and its web interface have different hosts: from the one to the other. toloka-kit has them, too.
INTERFACES = {
    "https://toloka.dev": "https://platform.toloka.ai",
    "https://sandbox.toloka.dev": "https://sandbox.toloka.yandex.com",
}


@cache
def authorities() -> ssl.SSLContext:
    """Whom all clients of this process trust. To read that takes longer than a request, and the kit does it for each
    client and thread."""
    import httpx

    return httpx.create_ssl_context()


class Connection:
    """One Toloka account. Cheap to make; it connects at the first call.

    `fence` is called right before every request that could cost money or changes what does; it raises when whoever
    writes may not write any more, for instance because another run took over meanwhile.
    """

    def __init__(self, url: str, token: str, timeout: float = 30.0, fence: Callable[[], None] = unfenced) -> None:
        self.url, self.token = url.rstrip("/"), clean_token(token, "TOLOKA_TOKEN")
        self.timeout, self.fence = timeout, fence

    # Reading may be repeated; what creates may not: after a lost response the kit would create twice.

    @cached_property
    def reader(self) -> "TolokaClient":
        """The kit's client for what changes nothing."""
        return self.connect(repeats=2)

    @cached_property
    def writer(self) -> "TolokaClient":
        """The kit's client for what changes something."""
        return self.connect(repeats=0)

    def connect(self, repeats: int) -> "TolokaClient":
        """A client that repeats so often what failed."""
        from hitl_assets.services.toloka.kit import TolokaClient

        retry = partial(make_retry, repeats)
        return TolokaClient(self.token, url=self.url, timeout=self.timeout, retryer_factory=retry, verify=authorities())

    def __repr__(self) -> str:
        return f"Toloka({self.url})"

    def balance(self) -> Decimal:
        """What is left on the account, in its currency."""
        with self.translated("read the balance"):
            return Decimal(str(self.reader.get_requester().balance))

    def link(self, project_id: str, *rest: str) -> str:
        """Where a person sees a project, a pool or a training: the interface that belongs to the API's address."""
        return "/".join([INTERFACES.get(self.url, self.url), "requester/project", project_id, *rest])

    def preview(self, project_id: str, pool_id: str) -> str:
        """Where a person sees a suite of a pool as workers will: Toloka has it as a button on the pool's page."""
        own_page = () if self.url in INTERFACES else ("preview",)
        return self.link(project_id, "pool", pool_id, *own_page)

    @contextmanager
    def changing(self, attempt: str) -> Iterator[None]:
        """One request that changes something: with leave, and errors as ours.

        Raises:
            TransientServiceError: the fence says that it is not ours to write any more.
        """
        self.fence()
        with self.translated(attempt):
            yield

    @contextmanager
    def translated(self, attempt: str) -> Iterator[None]:
        """Errors of toloka-kit and HTTP as ours. `attempt` completes "could not ..."."""
        import httpx
        from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError

        from hitl_assets.services.toloka.kit import ApiError, FailedOperation

        lead = f"Toloka at {self.url} could not {attempt}"
        try:
            yield
        except ApiError as error:
            refusal = Refusal(error.status_code, error.code, error.message, error.payload)
            raise translate(refusal, lead) from error
        except FailedOperation as error:
            raise ServiceError(f"{lead}: {describe_operation(error.operation)} Rerun when it is put right.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise TransientServiceError(f"{lead}: {type(error).__name__}: {error}.") from error
        except json.JSONDecodeError as error:  # a proxy's error page
            raise TransientServiceError(f"{lead}: {NOT_JSON}") from error
        except (BaseValidationError, StructureHandlerNotFoundError, KeyError, TypeError, AttributeError) as error:
            # What the kit raises for a form, or an answer, that isn't built as it expects.
            raise ServiceError(f"{lead}: toloka-kit cannot read it: {type(error).__name__}: {error}.") from error


def make_retry(total: int) -> "TolokaRetry":
    """The kit's retries without those that fail in version 1.2.3 (quotas and Retry-After raise a TypeError)."""
    from hitl_assets.services.toloka.kit import TolokaRetry

    return TolokaRetry(
        retry_quotas=None,
        total=total,
        status_forcelist=sorted(TRANSIENT_STATUSES) if total else [],
        allowed_methods=["GET", "POST", "PUT", "PATCH", "HEAD"],
        backoff_factor=0.5,
        respect_retry_after_header=False,
        raise_on_status=False,
    )


def describe_operation(operation: Any) -> str:
    """Which operation failed, and what Toloka says about it."""
    if operation is None:
        return "an operation failed."
    details = (
        canonical_json(operation.details)[:500] if getattr(operation, "details", None) else "Toloka gives no reason"
    )
    return f"operation {operation.id} failed: {details}."


@dataclass(frozen=True)
class Refusal:
    """What Toloka says when it does not do what it was asked."""

    status: int | None
    code: str | None
    message: str | None
    payload: Any = None


def translate(refusal: Refusal, lead: str) -> ServiceError | TransientServiceError:
    """The error that tells whether a rerun helps."""
    message = f"{lead}: {refusal.status} {refusal.code}: {refusal.message}"
    if refusal.status in REFUSALS or refusal.code in ABOUT_WHO_ASKS:
        # A person puts it right; what waits for that should then go on.
        return TransientServiceError(f"{message.rstrip('.')}. {advise(refusal)}")
    if refusal.payload:
        message += f" {canonical_json(refusal.payload)[:1000]}"
    return (TransientServiceError if refusal.status in TRANSIENT_STATUSES else ServiceError)(message)


def advise(refusal: Refusal) -> str:
    """What to look at when a request was refused. A token is blamed for what is said of a token only."""
    if refusal.code == "AUTHENTICATION_ERROR" or ABOUT_TOKENS.search(refusal.message or ""):
        return "Check TOLOKA_TOKEN."
    return "Check that TOLOKA_URL is Toloka's address, and that the account may do this."
