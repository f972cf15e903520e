"""Files of a commit: listed, compared, and read with proof that all of it came."""

import posixpath
import re
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm.commits import CommitCalls
from hitl_assets.services.pachyderm.errors import MissingError

# So much of a file is in memory while it is copied.
BLOCK = 1 << 20


class Entry(NamedTuple):
    """What is told of a file without its content: its hash, which depends on the content alone, and its size."""

    digest: str
    size: int


class FileCalls(CommitCalls):
    """What reads files."""

    def list_files(self, repo: str, commit: str, glob: str) -> dict[str, str]:
        """The hash of each file that matches, by path. A pattern may match nothing."""
        return {path: entry.digest for path, entry in self.list_entries(repo, commit, glob).items()}

    def list_entries(self, repo: str, commit: str, glob: str) -> dict[str, Entry]:
        """The same with sizes."""
        attempt = f"list {repo}@{commit}:{glob}"
        return self.ask(attempt, lambda: entries_of(self.client.glob_file((repo, commit), glob), "/**"))

    def inspect_entry(self, repo: str, commit: str, path: str) -> Entry:
        """What is told of one file.

        Raises:
            MissingError: it is not there.
        """
        info = self.ask(f"inspect {repo}@{commit}:{path}", lambda: self.client.inspect_file((repo, commit), path))
        return Entry(info.hash.hex(), info.size_bytes)

    def changed_files(self, repo: str, commit: str, base: str | None, glob: str) -> list[str]:
        """The paths of files that match and that are new or different in `commit`, compared to `base` (None: to
        nothing). Files that are gone aren't listed."""
        return list(self.changed_entries(repo, commit, base, glob))

    def changed_entries(self, repo: str, commit: str, base: str | None, glob: str) -> dict[str, Entry]:
        """The same with what is told of each file."""

        def compare() -> dict[str, Entry]:
            if base is None:
                return entries_of(self.client.walk_file((repo, commit), "/"), glob)
            answers = self.client.diff_file((repo, commit), "/", (repo, base), "/")
            return entries_of((answer.new_file for answer in answers), glob)

        return self.ask(f"compare {repo}@{commit} with {base}", compare)

    def read_start(self, repo: str, commit: str, path: str, size: int, most: int) -> bytes:
        """The first bytes, `most` of them, of a file of this size; the stream is ended there.

        Raises:
            TransientServiceError: fewer came than the file has.
        """
        attempt, wanted = f"read the start of {repo}@{commit}:{path}", min(size, most)
        if wanted == 0:
            return b""

        def begin() -> bytes:
            with self.client.get_file((repo, commit), path) as file:
                return bytes(file.read(wanted))

        content = self.ask(attempt, begin)
        if len(content) != wanted:
            raise TransientServiceError(f"{repo}@{commit}:{path} broke off after {len(content)} of {wanted} bytes.")
        return content

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


def entries_of(infos: Iterator[Any], glob: str) -> dict[str, Entry]:
    """The files among these that match, by path."""
    from hitl_assets.pachyderm_protobuf import pfs_pb2

    return {
        info.file.path: Entry(info.hash.hex(), info.size_bytes)
        for info in infos
        if info.file_type == pfs_pb2.FILE and matches(info.file.path, glob)
    }


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
