"""The company whose books these are, read once per use: every row may need its currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.connectors.base import OrganisationRecord
from app.connectors.fields import Senseless, read_row
from app.connectors.quickbooks import mapping, wire
from app.connectors.quickbooks.answers import unanswered
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.bodies import Rows
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.dates import moment
from app.kit.errors import Retryable

QUERIES = ("select * from CompanyInfo", "select * from Preferences")
"""What `understood` wants the answers of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the company, and since when by QuickBooks' own clock."""

    record: OrganisationRecord
    at: datetime

    @property
    def home(self) -> str:
        """Its own currency."""
        return self.record.base_currency


class Company:
    """One company. Not shared between threads."""

    def __init__(self, client: QuickBooksClient, external_id: str) -> None:
        self._client = client
        self._external_id = external_id
        self._known: Known | None = None

    @property
    def is_known(self) -> bool:
        return self._known is not None

    def read(self) -> OrganisationRecord:
        """The company as it is now, in one call."""
        return self.understood(asked(self._client, QUERIES)).record

    def known(self) -> Known:
        """The company as it was when it was read; read now if it was not."""
        return self._known or self.understood(asked(self._client, QUERIES))

    def understood(self, answers: Sequence[Rows]) -> Known:
        """What the answers to `QUERIES` say. Raises Retryable if they make no sense."""
        companies, preferences = answers[0].of("CompanyInfo"), answers[1].of("Preferences")
        if not companies or not preferences:
            raise Retryable("QuickBooks' answer about the company was empty. We try again by ourselves.")
        try:
            record = mapping.organisation(
                read_row(companies[0], wire.CompanyInfo),
                read_row(preferences[0], wire.Preferences),
                external_id=self._external_id,
            )
        except Senseless as wrong:
            raise Retryable(f"{wrong} We ask QuickBooks again by ourselves.") from None
        self._known = Known(record, answered_at(answers[0]))
        return self._known


def answered_at(rows: Rows) -> datetime:
    """QuickBooks' own clock. An answer without it is not whole, and nothing could be said about it."""
    try:
        return moment(rows.at or "")
    except (ValueError, OverflowError):
        raise unanswered(is_write=False) from None
