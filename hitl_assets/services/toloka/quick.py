"""Toloka for whoever only looks at it: the questions of `hitl status`, over plain HTTP. toloka-kit, which answers all
others, takes longer to import than all of Dagster."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.pools.pools import read_mark
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.connection import NOT_JSON, PAGE, Refusal, authorities, translate

if TYPE_CHECKING:
    import httpx


class RefusedError(Exception):
    """An answer that is none."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class QuickToloka(Toloka):
    """A client that knows the balance and a project's pools without toloka-kit. It repeats nothing: whoever looks may
    look again."""

    @cached_property
    def session(self) -> "httpx.Client":
        """The connection."""
        import httpx

        headers = {"Authorization": f"{'ApiKey' if is_api_key(self.token) else 'OAuth'} {self.token}"}
        return httpx.Client(headers=headers, timeout=self.timeout, verify=authorities())

    def balance(self) -> Decimal:
        """What is left on the account, in its currency."""
        with self.asking("read the balance"):
            return Decimal(str(self.ask("requester")["balance"]))

    def find_pools(self, project_id: str, since: datetime | None = None) -> list[PoolState]:
        """The project's pools that bear our mark, oldest first; with `since`, those created at that time or later."""
        wanted: dict[str, Any] = {"project_id": project_id, "sort": "id", "limit": PAGE}
        if since is not None:
            wanted["created_gte"] = since.isoformat()
        found: list[PoolState] = []
        with self.asking(f"list the pools of project {project_id}"):
            while True:
                page = self.ask("pools", **wanted)
                found += [self.pool_of(form) for form in page["items"] if read_mark(form.get("private_comment"))]
                if not page["has_more"]:
                    return found
                wanted["id_gt"] = page["items"][-1]["id"]

    def ask(self, path: str, **wanted: Any) -> Any:
        """Toloka's JSON."""
        answer = self.session.get(f"{self.url}/api/v1/{path}", params=wanted)
        said = answer.json()
        if not answer.is_success:
            raise RefusedError(
                Refusal(answer.status_code, *(said.get(name) for name in ("code", "message", "payload")))
            )
        return said

    @contextmanager
    def asking(self, attempt: str) -> Iterator[None]:
        """Errors as ours. `attempt` completes "could not ..."."""
        import httpx

        lead = f"Toloka at {self.url} could not {attempt}"
        try:
            yield
        except RefusedError as error:
            raise translate(error.refusal, lead) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransientServiceError(f"{lead}: {type(error).__name__}: {error}.") from error
        except json.JSONDecodeError as error:
            raise TransientServiceError(f"{lead}: {NOT_JSON}") from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ServiceError(f"{lead}: its answer cannot be read: {type(error).__name__}: {error}.") from error


def is_api_key(token: str) -> bool:
    """Whether a token is an API key: three parts, the first of 22 to 24 characters. Others are OAuth tokens."""
    return token.count(".") == 2 and 21 < token.index(".") < 25
