"""Which test runs when: those that take long begin, so that nobody waits for them at the end."""

from collections.abc import Sequence
from typing import TypeVar

import psutil
import pytest

Test = TypeVar("Test")


def workers_here() -> int:
    """One more than there are processors: storms and journeys mostly wait, for leases to end and for pages."""
    return (psutil.cpu_count() or 1) + 1


def allowed_seconds(item: pytest.Item) -> float:
    """What a test may take, if it says that it takes longer than others do; 0 for all others."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


def longest_first(tests: Sequence[Test], seconds: Sequence[float], workers: int) -> list[Test]:
    """The long tests dealt out to the beginnings of the workers' shares; the others stay in their order.

    With `--dist worksteal` each worker begins with an equal share in one piece, and whoever has done theirs takes
    over the end of another's: no long test may stand there.
    """
    shares = [(len(tests) + place) // workers for place in range(workers)]
    begins: list[list[int]] = [[] for _ in shares]
    for test in sorted(range(len(tests)), key=lambda place: -seconds[place]):
        if not seconds[test]:
            break
        free = [worker for worker in range(workers) if len(begins[worker]) < shares[worker]]
        begins[min(free, key=lambda worker: sum(seconds[one] for one in begins[worker]))].append(test)
    others = iter([place for place in range(len(tests)) if not seconds[place]])
    ordered = [
        place
        for share, begin in zip(shares, begins, strict=True)
        for place in [*begin, *(next(others) for _ in range(share - len(begin)))]
    ]
    return [tests[place] for place in ordered]
