"""Files of a commit: listed, compared, and read with proof that all of it came."""

import posixpath
import re
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm.commits import CommitCalls
from hitl_assets.services.pachyderm.errors import MissingError

# So much of a file is in memory while it is copied.
BLOCK = 1 << 20


class FileCalls(CommitCalls):
    """What reads files."""

    def list_files(self, repo: str, commit: str, glob: str) -> dict[str, str]:
        """The hash of each file that matches, by path. A pattern may match nothing."""
        from hitl_assets.pachyderm_protobuf import pfs_pb2

        attempt = f"list {repo}@{commit}:{glob}"
        infos = self.ask(attempt, lambda: list(self.client.glob_file((repo, commit), glob)))
        return {info.file.path: info.hash.hex() for info in infos if info.file_type == pfs_pb2.FILE}

    def changed_files(self, repo: str, commit: str, base: str | None, glob: str) -> list[str]:
        """The paths of files that match and that are new or different in `commit`, compared to `base` (None: to
        nothing). Files that are gone aren't listed."""
        from hitl_assets.pachyderm_protobuf import pfs_pb2

        def compare() -> list[Any]:
            if base is None:
                return list(self.client.walk_file((repo, commit), "/"))
            return [answer.new_file for answer in self.client.diff_file((repo, commit), "/", (repo, base), "/")]

        infos = self.ask(f"compare {repo}@{commit} with {base}", compare)
        return [info.file.path for info in infos if info.file_type == pfs_pb2.FILE and matches(info.file.path, glob)]

    def read(self, repo: str, commit: str, path: str) -> bytes:
        """The content of a file.

        Raises:
            TransientServiceError: fewer bytes came than the file has (the client says nothing when a stream breaks).
        """
        attempt = f"read {repo}@{commit}:{path}"
        size = self.ask(attempt, lambda: self.client.inspect_file((repo, commit), path).size_bytes)
        if size == 0:
            return b""  # The server sends no message for an empty file, and the client fails on that.
        content = self.ask(attempt, lambda: bytes(self.client.get_file((repo, commit), path).read()))
        if len(content) != size:
            raise TransientServiceError(f"{repo}@{commit}:{path} broke off after {len(content)} of {size} bytes.")
        return content

    def copy(self, repo: str, commit: str, path: str, target: BinaryIO) -> int:
        """Write the content of a file, which may be larger than the memory, into another one; how many bytes it has.

        Raises:
            TransientServiceError: fewer bytes came than the file has.
        """
        attempt = f"read {repo}@{commit}:{path}"
        size = int(self.ask(attempt, lambda: self.client.inspect_file((repo, commit), path).size_bytes))
        copied = 0
        if size:
            with self.translated(attempt), self.client.get_file((repo, commit), path) as file:
                while block := file.read(BLOCK):
                    copied += target.write(block)
        if copied != size:
            raise TransientServiceError(f"{repo}@{commit}:{path} broke off after {copied} of {size} bytes.")
        return copied

    def read_beginning(self, repo: str, commit: str, path: str, most: int) -> bytes:
        """The first bytes of a file, so many at most."""
        attempt = f"read {repo}@{commit}:{path}"
        size = min(most, self.ask(attempt, lambda: self.client.inspect_file((repo, commit), path).size_bytes))
        if size == 0:
            return b""
        with self.translated(attempt), self.client.get_file((repo, commit), path) as file:
            return bytes(file.read(size))

    def read_directory(self, repo: str, commit: str, directory: str) -> dict[str, bytes]:
        """The files directly in a directory, by name."""
        from hitl_assets.pachyderm_protobuf import pfs_pb2

        attempt = f"list {repo}@{commit}:{directory}"
        infos = self.ask(attempt, lambda: list(self.client.list_file((repo, commit), directory)))
        names = [info.file.path for info in infos if info.file_type == pfs_pb2.FILE]
        return {posixpath.basename(path): self.read(repo, commit, path) for path in names}

    def read_matching(self, repo: str, commit: str, glob: str) -> dict[str, bytes]:
        """The content of all files that match, by path, in one stream (for many small files)."""
        expected = self.list_files(repo, commit, glob)
        if not expected:
            return {}
        with self.translated(f"read {repo}@{commit}:{glob}"):
            try:
                with self.client.get_file_tar((repo, commit), glob) as archive:
                    content = dict(unpack(archive))
            except tarfile.TarError as error:
                raise TransientServiceError(f"{repo}@{commit}:{glob} broke off: {error}.") from error
        missing = sorted(set(expected) - set(content))
        if missing:
            raise TransientServiceError(f"{repo}@{commit}:{glob} broke off before {missing[0]}.")
        return {path: content[path] for path in expected}

    def directory_hash(self, repo: str, commit: str, directory: str) -> str | None:
        """The hash of a directory's content, or None when it, or the whole repo, isn't there.

        Raises:
            MissingError: the commit isn't there.
        """
        attempt = f"inspect {repo}@{commit}:{directory}"
        try:
            return self.ask(attempt, lambda: str(self.client.inspect_file((repo, commit), directory).hash.hex()))
        except MissingError:
            if self.has_commit(repo, commit) or not self.has_repo(repo):
                return None
            raise


def matches(path: str, glob: str) -> bool:
    """Whether a path matches a pattern as in Pachyderm: `*` and `?` stay within a directory, `**` does not; of
    `{one,other}` either fits."""
    return re.fullmatch(translate(glob), path, re.DOTALL) is not None


def translate(glob: str) -> str:
    """A pattern of Pachyderm's as a regular expression."""
    wildcards = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*|\*|\?|\{[^{}]*\})", glob)
    return "".join(wildcards.get(part) or (either(part) if part[:1] == "{" else re.escape(part)) for part in parts)


def either(braces: str) -> str:
    """The alternatives of `{one,other}`."""
    return f"(?:{'|'.join(map(translate, braces[1:-1].split(',')))})"


def unpack(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """The files of a tar archive by absolute path."""
    for member in archive:
        file = archive.extractfile(member) if member.isfile() else None
        if file is not None:
            yield f"/{member.name.lstrip('/')}", file.read()
