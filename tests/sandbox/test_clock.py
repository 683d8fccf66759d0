from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.clock import Clock


def test_time_moves_forward_by_what_was_asked() -> None:
    clock = Clock()
    before = clock.now()
    moved_to = clock.advance(timedelta(days=3))
    assert timedelta(days=3) <= moved_to - before < timedelta(days=3, seconds=5)
    assert moved_to.tzinfo is UTC


def test_time_never_moves_back() -> None:
    with pytest.raises(ValueError, match="forward only"):
        Clock().advance(timedelta(seconds=-1))


def test_the_file_holds_the_offset_for_other_processes(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    Clock(path).advance(timedelta(hours=2))
    assert float(path.read_text()) == 7200
    assert [child.name for child in tmp_path.iterdir()] == ["clock"]


def test_an_offset_that_somebody_else_wrote_counts(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = Clock(path)
    assert clock.offset() == timedelta()
    path.write_text("86400.5\n")
    assert clock.now() - datetime.now(UTC) > timedelta(seconds=86400)
    clock.advance(timedelta(seconds=1))
    assert float(path.read_text()) == 86401.5
