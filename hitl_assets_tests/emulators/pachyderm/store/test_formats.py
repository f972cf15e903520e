"""A state directory that an older version wrote opens, and says the same as before."""

import sqlite3
from pathlib import Path

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets_tests.emulators.pachyderm.conftest import connect

OLD = Path(__file__).with_name("format_1.sql")


def test_a_state_directory_of_format_1_says_the_same(tmp_path: Path) -> None:
    """Trees, hashes as that version computed them, the error of a commit, and an open commit that can go on."""
    with sqlite3.connect(tmp_path / "state.sqlite") as db:
        db.executescript(OLD.read_text())
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        days = {info.file.path: info.hash.hex() for info in client.list_file(("old", "master~1"), "/")}
        assert days == {"/days/": "8e99847ca46b518c821bfaee950ea64d7cd7a0578f9bd779614861f1b43b9d05"}
        assert client.get_file(("old", "master~1"), "/days/1/file").read() == b"16"
        assert "collision" in client.inspect_commit(("old", "broken")).__next__().error
        client.put_file_bytes(("old", "master"), "/open2", b"p")
        client.finish_commit(("old", "master"))
        assert [info.file.path for info in client.list_file(("old", "master"), "/")] == ["/days/", "/open", "/open2"]
        assert list(client.fsck()) == []
