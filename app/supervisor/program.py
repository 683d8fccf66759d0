"""What the supervisor is asked to run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.kit.errors import DueMateError


class ProgramFailed(DueMateError):
    """A program ended, or stayed silent, before it was ready; the reason carries the end of its log."""


@dataclass(frozen=True)
class Program:
    """`name` is short and names its log file; `environment` comes on top of ours.

    `ready` is asked until it says yes and may raise OSError while nobody answers; without it the program
    counts as ready once it runs. `called` is how progress lines name it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    ready: Callable[[], bool] | None = None
    restart: bool = True
    called: str = ""

    @property
    def title(self) -> str:
        return self.called or f"the {self.name}"

    def is_ready(self) -> bool:
        if self.ready is None:
            return True
        try:
            return self.ready()
        except OSError:
            return False
