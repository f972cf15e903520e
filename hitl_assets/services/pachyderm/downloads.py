"""Files as streams, for many readers at once in one event loop: only some messages of each are in memory.

gRPC's flow control lets pachd wait for a slow reader; an ended read is called off there. What is not here: writing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import certifi

from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm.connection import parse_address
from hitl_assets.services.pachyderm.errors import MissingError, translate
from hitl_assets.services.pachyderm.files import Entry
from hitl_assets.services.tokens import clean_token

# pachd sends up to 20 MiB at once. gRPC would read far ahead of a slow reader, the further the faster pachd is.
OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 65_536),
)


class FileStreams:
    """Reads files of one pachd. To be made, used and closed in one event loop.

    Args:
        address: `host:port`, or `grpcs://host:port` for TLS.
        token: an authentication token, where the cluster asks for one.
        patience: how long the next message may take, in seconds. A whole file may take as long as its reader does.
    """

    def __init__(self, address: str, token: str | None = None, patience: float = 60.0) -> None:
        import grpc.aio

        from hitl_assets.pachyderm_protobuf import pfs_pb2_grpc

        host, port, tls = parse_address(address)
        token = clean_token(token or "", "PACHD_TOKEN")
        self.address, self.patience = address, patience
        self._metadata = [("authn-token", token)] if token else []
        if tls:
            credentials = grpc.ssl_channel_credentials(root_certificates())
            self._channel = grpc.aio.secure_channel(f"{host}:{port}", credentials, options=OPTIONS)
        else:
            self._channel = grpc.aio.insecure_channel(f"{host}:{port}", options=OPTIONS)
        self._stub = pfs_pb2_grpc.APIStub(self._channel)

    def __repr__(self) -> str:
        return f"FileStreams({self.address})"

    async def close(self) -> None:
        """Hang up; reads that are under way end."""
        await self._channel.close()

    async def inspect(self, repo: str, commit: str, path: str) -> Entry:
        """What is known of a file.

        Raises:
            MissingError: there is no file at that path.
        """
        from hitl_assets.pachyderm_protobuf import pfs_pb2

        request = pfs_pb2.InspectFileRequest(file=file_of(repo, commit, path))
        with self._translated(f"inspect {repo}@{commit}:{path}"):
            info = await self._stub.InspectFile(request, metadata=self._metadata, timeout=self.patience)
        if info.file_type != pfs_pb2.FILE:
            raise MissingError(f"{repo}@{commit}:{path} is no file.")
        return Entry(info.hash.hex(), info.size_bytes)

    @asynccontextmanager
    async def open(
        self, repo: str, commit: str, path: str, offset: int, size: int
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The `size` bytes of a file from `offset` on, as they come. The read ends with the block, however far it is.

        Raises:
            TransientServiceError: pachd is away, silent, or sent less.
        """
        from hitl_assets.pachyderm_protobuf import pfs_pb2

        request = pfs_pb2.GetFileRequest(file=file_of(repo, commit, path), offset=offset)
        call = self._stub.GetFile(request, metadata=self._metadata)
        try:
            yield self._receive(call, f"{repo}@{commit}:{path}", size)
        finally:
            call.cancel()

    async def _receive(self, call: Any, place: str, size: int) -> AsyncIterator[bytes]:
        """The first `size` bytes of a call."""
        import grpc.aio

        left = size
        while left:
            with self._translated(f"read {place}"):
                try:
                    message = await asyncio.wait_for(call.read(), self.patience)
                except asyncio.TimeoutError as error:
                    raise TransientServiceError(f"{self.address} was silent while {place} was read.") from error
            if message is grpc.aio.EOF:
                raise TransientServiceError(f"{place} broke off, {left} of {size} bytes before its end.")
            piece = message.value[:left]
            left -= len(piece)
            yield piece

    def _translated(self, attempt: str) -> "Translation":
        return Translation(self.address, attempt)


class Translation:
    """Errors of gRPC as ours, in a block."""

    def __init__(self, address: str, attempt: str) -> None:
        self.address, self.attempt = address, attempt

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        import grpc

        if isinstance(error, grpc.RpcError):
            raise translate(error, self.attempt, self.address) from error


def file_of(repo: str, commit: str, path: str) -> Any:
    """The message that names a file of a user's repo."""
    from hitl_assets.pachyderm_protobuf import pfs_pb2

    where = pfs_pb2.Commit(branch=pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user")), id=commit)
    return pfs_pb2.File(commit=where, path=path)


def root_certificates() -> bytes:
    """Those that python-pachyderm uses."""
    return Path(certifi.where()).read_bytes()
