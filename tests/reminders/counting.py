"""How many decisions the properties have looked at in this run: each is counted where it is checked."""

from collections import Counter

decisions: Counter[str] = Counter()
"""By what decided: the planner, the gate, the calendar."""


def count(who: str, number: int = 1) -> None:
    """So many more decisions of `who` were made and checked."""
    decisions[who] += number
