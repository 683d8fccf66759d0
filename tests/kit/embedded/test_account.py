"""Root lends PostgreSQL to `nobody` and opens nothing of its own to others."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.kit.embedded.account import is_reachable, server_account
from app.kit.embedded.errors import EmbeddedServerError
from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.shelter import leave_shelter, shelter, shelter_for

as_root = os.geteuid() == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any account can enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_server_is_not_root(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path, durable=False) as server:
        running = psutil.Process(server.server.pid)
        assert running.username() == ("nobody" if as_root else psutil.Process().username())
        assert 0 not in running.uids()
        assert 0 not in running.gids() or not as_root


def test_files_stay_in_the_project_when_the_account_can_reach_it(open_folder: Path) -> None:
    said: list[str] = []
    with start_postgres(folder=open_folder / "postgres", durable=False, say=said.append) as server:
        assert server.cluster.files.is_relative_to(open_folder)
        assert server.cluster.files.parent.stat().st_mode & 0o077 == 0 or server_account() is None
        assert server.cluster.files.stat().st_mode & 0o077 == 0
    assert said == []


def test_a_private_project_is_not_opened_to_others(open_folder: Path) -> None:
    private = open_folder / "home"
    private.mkdir(mode=0o700)
    said: list[str] = []
    with start_postgres(folder=private / "postgres", durable=False, say=said.append) as server:
        assert private.stat().st_mode & 0o777 == 0o700
        assert open_folder.stat().st_mode & 0o777 == 0o755
        assert not is_reachable(private / "postgres")
        sheltered = server.cluster.is_sheltered
        assert sheltered == as_root
        assert [str(server.cluster.files) in line for line in said] == ([True] if sheltered else [])
    assert not server.cluster.files.exists()


def test_a_removed_folder_takes_its_databases_with_it(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path / "postgres") as first:
        first.create_database("kept")
    shutil.rmtree(tmp_path / "postgres")
    with start_postgres(folder=tmp_path / "postgres") as second:
        second.create_database("kept")
        second.cluster.remove()


def test_every_project_has_a_shelter_of_its_own(tmp_path: Path) -> None:
    places = {shelter_for(tmp_path / name, "passing") for name in ("one", "two", "one")}
    assert len(places) == 2
    for place in places:
        leave_shelter(place)


@pytest.mark.parametrize("kind", ["passing", "projects"])
def test_the_shelter_of_a_removed_temporary_folder_is_removed_with_the_next_one(
    kind: str, tmp_path: Path
) -> None:
    gone, here = tmp_path / "gone", tmp_path / "here"
    abandoned = shelter_for(gone, kind)
    place = shelter_for(here, kind)
    assert not abandoned.exists()
    leave_shelter(place)


def test_databases_of_a_project_that_is_out_of_reach_are_kept(tmp_path: Path) -> None:
    elsewhere = shelter_for(Path("/media/disk/duemate"), "projects")
    place = shelter_for(tmp_path / "here", "projects")
    assert elsewhere.exists()
    leave_shelter(elsewhere)
    leave_shelter(place)


def test_a_shelter_that_others_can_change_is_refused(tmp_path: Path) -> None:
    place = shelter("passing", tmp_path.name)
    place.chmod(0o777)
    with pytest.raises(EmbeddedServerError, match="can be changed by others"):
        shelter("passing", tmp_path.name)
    leave_shelter(place)


def test_a_link_in_place_of_a_shelter_is_refused(tmp_path: Path) -> None:
    place = shelter("passing", tmp_path.name)
    leave_shelter(place)
    place.symlink_to(tmp_path)
    with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
        shelter("passing", tmp_path.name)
    place.unlink()
