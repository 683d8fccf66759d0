"""A form that could not be taken, so that its page shows it again with everything that was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refused:
    """Which of the page's forms it was, why, and what was typed into it."""

    form: str = ""
    reason: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    def value(self, form: str, name: str, usual: object = "") -> str:
        """What a field shows: what was typed if this form was refused, else what it usually shows."""
        return self.typed.get(name, "") if form == self.form else str(usual if usual is not None else "")


NOT_REFUSED = Refused()
