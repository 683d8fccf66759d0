"""Gets the next pages ready while the last one is being written."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_PageT = TypeVar("_PageT")

# A ledger may take longer for one page than a worker may be silent.
_RENEW_SECONDS = 15.0
_PAGES_AHEAD = 3


def read_ahead(pages: Iterator[_PageT], *, renew: Callable[[], None]) -> Generator[_PageT, None, None]:
    """The pages; `renew` is called before each and while one is slow.

    They are made, and the ledger is used, by one other thread until this is exhausted or closed, and by nobody
    else. At most three pages wait in memory.
    """
    reader = ThreadPoolExecutor(1, thread_name_prefix="ledger")
    try:
        coming = deque(reader.submit(next, pages, None) for _ in range(_PAGES_AHEAD))
        while (page := _awaited(coming.popleft(), renew)) is not None:
            coming.append(reader.submit(next, pages, None))
            yield page
    finally:
        reader.shutdown(cancel_futures=True)


def _awaited(coming: Future[_PageT | None], renew: Callable[[], None]) -> _PageT | None:
    while True:
        renew()
        try:
            return coming.result(timeout=_RENEW_SECONDS)
        except TimeoutError:
            if coming.done():
                raise
