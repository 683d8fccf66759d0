"""Records that are looked for by a name and made if there is none: QuickBooks gives each name of a list once."""

from collections.abc import Callable, Sequence

from app.connectors.quickbooks.answers import NAME_TAKEN, Refused


def known_or_made(
    names: Sequence[str], *, known: Callable[[], str | None], made: Callable[[str], str]
) -> str | None:
    """The id of the record; None if every one of the names belongs to something else.

    `known` looks for it under all names, `made` makes it under one; whatever else they raise goes on.
    """
    if (there := known()) is not None:
        return there
    for name in names:
        try:
            return made(name)
        except Refused as refused:
            if refused.code != NAME_TAKEN:
                raise
    return known()  # another worker may have made it in the moment between
