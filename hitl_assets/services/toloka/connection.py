"""The connection to a Toloka account: two clients, and errors as ours."""

import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.records import canonical_json
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.tokens import clean_token

if TYPE_CHECKING:
    from hitl_assets.services.toloka.kit import ApiError, TolokaRetry

PAGE = 300
REFUSALS = frozenset({401, 403})
ABOUT_TOKENS = re.compile(r"token|oauth|api.?key|authenti|authoriz", re.IGNORECASE)
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


def unfenced() -> None:
    """Whoever writes needs no leave."""


@cache
def interfaces() -> Mapping[str, str]:
    """Toloka's API and its web interface have different hosts: from the one to the other."""
    from hitl_assets.services.toloka.kit import TolokaClient

    return {
        each.value: each.platform_url  # type: ignore[attr-defined]  # the kit has it, its stub does not
        for each in TolokaClient.Environment
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
        from hitl_assets.services.toloka.kit import TolokaClient

        self.url, token = url.rstrip("/"), clean_token(token, "TOLOKA_TOKEN")
        self.fence = fence
        # Reading may be repeated; what creates may not: after a lost response the kit would create twice.
        self.reader, self.writer = (
            TolokaClient(
                token, url=self.url, timeout=timeout, retryer_factory=partial(make_retry, repeats), verify=authorities()
            )
            for repeats in (2, 0)
        )

    def __repr__(self) -> str:
        return f"Toloka({self.url})"

    def balance(self) -> Decimal:
        """What is left on the account, in its currency."""
        with self.translated("read the balance"):
            return Decimal(str(self.reader.get_requester().balance))

    def link(self, project_id: str, *rest: str) -> str:
        """Where a person sees a project, a pool or a training: the interface that belongs to the API's address."""
        return "/".join([interfaces().get(self.url, self.url), "requester/project", project_id, *rest])

    def preview(self, project_id: str, pool_id: str) -> str:
        """Where a person sees a suite of a pool as workers will: Toloka has it as a button on the pool's page."""
        own_page = () if self.url in interfaces() else ("preview",)
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
            raise translate(error, lead) from error
        except FailedOperation as error:
            raise ServiceError(f"{lead}: {describe_operation(error.operation)} Rerun when it is put right.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise TransientServiceError(f"{lead}: {type(error).__name__}: {error}.") from error
        except json.JSONDecodeError as error:  # a proxy's error page
            raise TransientServiceError(f"{lead}: the answer is not JSON. Check TOLOKA_URL.") from error
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


def translate(error: "ApiError", lead: str) -> ServiceError | TransientServiceError:
    """The error that tells whether a rerun helps."""
    from hitl_assets.services.toloka.kit import AccessDeniedApiError, AuthenticationApiError

    message = f"{lead}: {error.status_code} {error.code}: {error.message}"
    if error.status_code in REFUSALS or isinstance(error, (AuthenticationApiError, AccessDeniedApiError)):
        # A person puts it right; what waits for that should then go on.
        return TransientServiceError(f"{message.rstrip('.')}. {advise(error)}")
    if error.payload:
        message += f" {canonical_json(error.payload)[:1000]}"
    return (TransientServiceError if error.status_code in TRANSIENT_STATUSES else ServiceError)(message)


def advise(error: "ApiError") -> str:
    """What to look at when a request was refused. A token is blamed for what is said of a token only."""
    from hitl_assets.services.toloka.kit import AuthenticationApiError

    if isinstance(error, AuthenticationApiError) or ABOUT_TOKENS.search(error.message or ""):
        return "Check TOLOKA_TOKEN."
    return "Check that TOLOKA_URL is Toloka's address, and that the account may do this."
