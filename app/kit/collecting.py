"""Python's collector of cycles, kept from looking again and again at what is just being built."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# What may pile up before cycles are looked for all the same: some fifty megabytes at worst.
_MANY_OBJECTS = 500_000


class _Patience:
    """How many are building at the moment, and how often the collector looks when nobody is. One per process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._builders = 0
        self._usual = gc.get_threshold()

    def begin(self) -> None:
        with self._lock:
            if self._builders == 0:
                self._usual = gc.get_threshold()
                gc.set_threshold(_MANY_OBJECTS, *self._usual[1:])
            self._builders += 1

    def end(self) -> None:
        with self._lock:
            self._builders -= 1
            if self._builders == 0:
                gc.set_threshold(*self._usual)


_patience = _Patience()


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """For building many thousand values of which none is part of a cycle: else looking for cycles takes up to half
    of the time.

    It holds for the whole process while any thread is within. What does make cycles meanwhile is found later.
    """
    _patience.begin()
    try:
        yield
    finally:
        _patience.end()
