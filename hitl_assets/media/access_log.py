"""A line for each request: who, which file, what came of it. Never the link itself: whoever reads logs could use it."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class AccessLog:
    """Logs what the application answers."""

    logger = logging.getLogger("hitl_assets.media")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, and count what is sent."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, sent = time.monotonic(), 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            await send(message)
            status = message.get("status", status)
            sent += len(message.get("body", b""))

        try:
            await self.app(scope, receive, counted)
        finally:
            client = (scope.get("client") or ("-",))[0]
            what = scope.get("state", {}).get("exhibit") or ("/health" if scope["path"] == "/health" else "-")
            seconds = time.monotonic() - began
            self.logger.info("%s %s %s %s %d bytes %.3f s", client, scope["method"], what, status, sent, seconds)
