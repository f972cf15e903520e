"""Connections that the application can cut."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

# Under this name of the scope's extensions is a function that ends the connection at once.
CUT = "hitl.cut"


class Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's connection, which hands the application the means to end it."""

    app: Any

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Called by uvicorn."""
        super().connection_made(transport)
        application = self.app

        async def with_cut(scope: Scope, receive: Receive, send: Send) -> None:
            await application({**scope, "extensions": {CUT: transport.abort}}, receive, send)

        self.app = with_cut
