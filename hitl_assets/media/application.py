"""What the server answers: the file behind a link, whole or in part, whether it is well, and nothing else."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hitl_assets.labeling.media.links import ExpiredError, LinkError, Links
from hitl_assets.labeling.media.ranges import Part, RangeError, is_named, read_range
from hitl_assets.labeling.media.secrets import Secrets
from hitl_assets.media.access_log import AccessLog
from hitl_assets.media.answers import Answers
from hitl_assets.media.delivery import Delivery
from hitl_assets.media.library import PATIENCE, READERS, Library
from hitl_assets.media.openings import is_open
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.downloads import FileStreams
from hitl_assets.services.pachyderm.errors import MissingError

METHODS = ["GET", "HEAD"]
# A file is shown, and never run: whatever is in it, and whatever opens it.
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}
# In how many seconds to ask again.
AGAIN = "5"


@dataclass(frozen=True)
class Settings:
    """Whose files are shown to whom: pachd's address and token, the secrets of links, and the sites (`*`: all) whose
    programs may read them. At most so many `readers` are served at once; the next one waits for `patience` seconds."""

    pachd: str
    token: str | None
    secrets: Secrets
    origins: Sequence[str] = ("*",)
    readers: int = READERS
    patience: float = PATIENCE

    def __repr__(self) -> str:
        return f"Settings({self.pachd})"


class Media:
    """The handlers. `now` is the time."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)) -> None:
        self.settings, self.now = settings, now
        self.links = Links("", settings.secrets)
        self.pachyderm = Pachyderm(settings.pachd, settings.token)
        self.answers: Answers[bool] = Answers()
        self.health: Answers[str] = Answers()
        self.library: Library

    @contextlib.asynccontextmanager
    async def connected(self, _: Starlette) -> AsyncIterator[None]:
        """As long as the server runs."""
        streams = FileStreams(self.settings.pachd, self.settings.token)
        self.library = Library(streams, self.settings.readers, self.settings.patience)
        try:
            yield
        finally:
            await streams.close()

    async def show(self, request: Request) -> Response:
        """The file behind a link."""
        now = self.now()
        exhibit, until = self.links.read(request.path_params["link"], now)
        request.state.exhibit = exhibit
        whose = exhibit.project, exhibit.batch
        if not await self.answers.get(whose, lambda: is_open(self.pachyderm, *whose)):
            return refuse(410, f"Batch {exhibit.batch} is over: its files are not shown any more.")
        facts = await self.library.facts(exhibit)
        tag = f'"{facts.digest}"'
        seconds = int((until - now).total_seconds())
        headers = {**SAFE, "ETag": tag, "Cache-Control": f"private, max-age={seconds}", "Accept-Ranges": "bytes"}
        if is_named(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        headers["Content-Disposition"] = "inline"
        is_same = request.headers.get("if-range", tag) == tag
        try:
            part = read_range(request.headers.get("range") if is_same and request.method == "GET" else None, facts.size)
        except RangeError:
            wrong = f"The file has {facts.size} bytes."
            return refuse(416, wrong, {"Content-Range": f"bytes */{facts.size}"})
        if request.method == "HEAD":
            async with self.library.turn():
                headers["Content-Type"] = await self.library.media_type(exhibit)
            return Response(headers={**headers, "Content-Length": str(facts.size)})
        if part is None:
            return Delivery(self.library, exhibit, Part(0, facts.size), 200, headers)
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{facts.size}"
        return Delivery(self.library, exhibit, part, 206, headers)

    async def say_how_it_is(self, _: Request) -> Response:
        """Whether files could be shown."""
        await self.health.get("pachd", self.pachyderm.check)
        return PlainTextResponse("ok\n", headers={**SAFE, "Cache-Control": "no-store"})


def refuse(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """An answer without a file. Nobody may keep it: the next one may be another."""
    return PlainTextResponse(f"{sentence}\n", status, {**SAFE, "Cache-Control": "no-store", **(headers or {})})


def build_application(media: Media) -> Starlette:
    """The server's application."""

    async def on_bad_link(_: Request, error: Exception) -> Response:
        return refuse(410 if isinstance(error, ExpiredError) else 403, str(error))

    async def on_missing(_: Request, error: Exception) -> Response:
        return refuse(404, "The file is not there any more.")

    async def on_other(_: Request, error: Any) -> Response:
        return refuse(error.status_code, error.detail, dict(error.headers or {}))

    async def on_trouble(request: Request, error: Exception) -> Response:
        # What it is in detail is for the log, and not for the world.
        AccessLog.logger.warning("%s", error)
        return refuse(503, "The files cannot be read at this moment. Ask again.", {"Retry-After": AGAIN})

    cors = Middleware(
        CORSMiddleware, allow_origins=list(media.settings.origins), allow_methods=METHODS,
        allow_headers=["Range", "If-Range", "If-None-Match"], max_age=86400,
        expose_headers=["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
    )  # fmt: skip
    return Starlette(
        routes=[
            Route("/health", media.say_how_it_is, methods=METHODS),
            Route("/{link:path}", media.show, methods=METHODS),
        ],
        middleware=[Middleware(AccessLog), cors],
        exception_handlers={
            HTTPException: on_other,
            LinkError: on_bad_link,
            MissingError: on_missing,
            ServiceError: on_trouble,
            TransientServiceError: on_trouble,
        },
        lifespan=media.connected,
    )
