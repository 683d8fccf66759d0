"""Settings of the interpreter, which hold for all threads: changed for a while, and given back as they were."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

_SettingT = TypeVar("_SettingT")


class ProcessWide(Generic[_SettingT]):
    """One setting that is another one while any thread is within. One object per process and setting."""

    def __init__(self, change: Callable[[], _SettingT], give_back: Callable[[_SettingT], None]) -> None:
        """`change` returns what was set before, for `give_back`."""
        self._change, self._give_back = change, give_back
        self._lock = Lock()
        self._within = 0
        self._before: _SettingT | None = None

    @contextmanager
    def changed(self) -> Iterator[None]:
        """The first one to come changes it, the last one to leave gives it back."""
        with self._lock:
            if self._within == 0:
                self._before = self._change()
            self._within += 1
        try:
            yield
        finally:
            with self._lock:
                self._within -= 1
                if self._within == 0 and self._before is not None:
                    self._give_back(self._before)
