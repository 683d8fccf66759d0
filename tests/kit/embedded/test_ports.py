"""A port is kept to while it is free."""

import socket
from pathlib import Path

from app.kit.embedded.ports import LOOPBACK, free_port, is_free, remembered_port


def test_the_first_choice_is_kept(tmp_path: Path) -> None:
    first = remembered_port(tmp_path / "port")
    assert remembered_port(tmp_path / "port") == first


def test_another_port_is_chosen_when_somebody_listens_there(tmp_path: Path) -> None:
    first = remembered_port(tmp_path / "port")
    with socket.create_server((LOOPBACK, first)):
        assert not is_free(first)
        second = remembered_port(tmp_path / "port")
    assert second != first
    assert remembered_port(tmp_path / "port") == second


def test_a_spoiled_memory_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("none\n")
    assert is_free(remembered_port(tmp_path / "port"))


def test_a_free_port_is_free() -> None:
    assert is_free(free_port())
