"""One server per folder, and secrets that only their owner reads."""

import os
from pathlib import Path

import pytest

from app.kit.embedded.errors import FolderInUse
from app.kit.embedded.folder import KEEP_LOG_BYTES, FolderClaim, open_log, remembered_password, write_private
from tests.kit.embedded.waiting import started_python

HOLDS = """
import subprocess, sys
from pathlib import Path
from app.kit.embedded.folder import FolderClaim
claim = FolderClaim(Path(sys.argv[1]), "Redis")
subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[claim.descriptor], stdout=subprocess.DEVNULL)
print("held")
"""


def test_a_folder_held_by_a_living_program_is_refused_in_plain_words(tmp_path: Path) -> None:
    claim = FolderClaim(tmp_path, "Redis")
    with pytest.raises(FolderInUse) as refused:
        FolderClaim(tmp_path, "Redis")
    assert str(tmp_path) in refused.value.reason
    assert "Stop that one first" in refused.value.reason
    claim.release()


def test_a_released_folder_can_be_held_again(tmp_path: Path) -> None:
    FolderClaim(tmp_path, "Redis").release()
    FolderClaim(tmp_path, "Redis").release()


def test_a_server_still_ending_after_its_parent_is_waited_for(tmp_path: Path) -> None:
    parent = started_python(HOLDS, str(tmp_path), "1.5")
    assert parent.stdout is not None
    assert parent.stdout.readline() == "held\n"
    parent.stdout.close()
    parent.wait()

    FolderClaim(tmp_path, "Redis").release()


def test_a_private_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "one")
    write_private(tmp_path / "secret", "two")
    assert (tmp_path / "secret").read_text() == "two"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_password_is_made_once(tmp_path: Path) -> None:
    first = remembered_password(tmp_path / "password")
    assert len(first) >= 32
    assert remembered_password(tmp_path / "password") == first
    assert remembered_password(tmp_path / "other") != first


def test_a_log_grown_large_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"x" * (KEEP_LOG_BYTES + 1))
    os.close(open_log(log))
    assert log.stat().st_size == 0
    assert (tmp_path / "server.old.log").stat().st_size == KEEP_LOG_BYTES + 1
