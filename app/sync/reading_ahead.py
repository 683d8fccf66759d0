"""Asks the ledger for the next page while the last one is being written."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from app.connectors.base import Page

# A ledger may take longer for one page than a worker may be silent.
_RENEW_SECONDS = 15.0


def read_ahead(pages: Iterator[Page], *, renew: Callable[[], None]) -> Generator[Page, None, None]:
    """The pages; `renew` is called before each and while one is slow.

    The ledger is used by one other thread until this is exhausted or closed, and by nobody else. At most one
    page waits in memory.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ledger") as reader:
        coming = reader.submit(next, pages, None)
        while (page := _awaited(coming, renew)) is not None:
            coming = reader.submit(next, pages, None)
            yield page


def _awaited(coming: Future[Page | None], renew: Callable[[], None]) -> Page | None:
    while True:
        renew()
        try:
            return coming.result(timeout=_RENEW_SECONDS)
        except TimeoutError:
            if coming.done():
                raise
