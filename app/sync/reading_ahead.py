"""Asks the ledger for the next page while the last one is being written."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from app.connectors.base import Page
from app.kit.clock import Clock


def read_ahead(pages: Iterator[Page], clock: Clock) -> Generator[tuple[datetime, Page], None, None]:
    """Each page with a moment before it was asked for. At most one page waits in memory.

    The ledger is used by one other thread until this is exhausted or closed, and by nobody else.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ledger") as reader:
        asked_at, coming = clock.now(), reader.submit(next, pages, None)
        while (page := coming.result()) is not None:
            page_asked_at = asked_at
            asked_at, coming = clock.now(), reader.submit(next, pages, None)
            yield page_asked_at, page
