"""What is wrong with a company file, for the person who wrote it."""

from collections.abc import Sequence


class UnusableCompanyError(ValueError):
    """A company file that cannot be loaded. `problems` lists every reason in plain words."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))
