"""Python's collector of cycles, kept from looking again and again at what is just being built."""

import gc
from contextlib import AbstractContextManager

from app.kit.process_wide import ProcessWide

# What may pile up before cycles are looked for all the same: some fifty megabytes at worst.
_MANY_OBJECTS = 500_000
_Thresholds = tuple[int, int, int]


def rarely_collecting() -> AbstractContextManager[None]:
    """For building many thousand values of which none is part of a cycle: else looking for cycles takes up to half
    of the time.

    It holds for the whole process while any thread is within. What does make cycles meanwhile is found later.
    """
    return _patience.changed()


def _wait_longer() -> _Thresholds:
    usual = gc.get_threshold()
    gc.set_threshold(_MANY_OBJECTS, *usual[1:])
    return usual


def _as_before(usual: _Thresholds) -> None:
    gc.set_threshold(*usual)


_patience = ProcessWide(_wait_longer, _as_before)
