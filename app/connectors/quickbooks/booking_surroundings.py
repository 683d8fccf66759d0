"""What an entry of money spent or deposited must fit: the account's currency and the company's country."""

from dataclasses import dataclass

from app.connectors.places import country_code
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.booking_rows import found
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import Rejected

_NO_ACCOUNT = (
    "The clearing account is no longer active in QuickBooks. Choose another one in Settings, Booking, or make it "
    "active again."
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Read right before an entry is made."""

    currency: str | None
    """Of the clearing account; None in a company with one currency, which is told in none of its records."""
    is_american: bool

    def common(self) -> dict[str, object]:
        """What they mean for an entry's JSON.

        Companies outside the US must say how tax is reckoned. Stripe's fees and refunds are entered without any
        (assumed: the fee's invoice says what tax it has, and the bookkeeper enters that).
        """
        fields: dict[str, object] = {}
        if self.currency is not None:
            fields["CurrencyRef"] = {"value": self.currency}
        if not self.is_american:
            fields["GlobalTaxCalculation"] = "NotApplicable"
        return fields


def surroundings(client: QuickBooksClient, account: str) -> Surroundings:
    """Of an entry on this account. Raises Rejected if the account is gone or inactive."""
    accounts, company = asked(
        client,
        [f"select * from Account where Id = {quoted(account)}", "select * from CompanyInfo"],  # noqa: S608
    )
    rows = found(accounts, wire.Account)
    if not rows:
        raise Rejected(_NO_ACCOUNT)
    currency = rows[0].currency
    countries = [country_code(row.country or "") for row in found(company, wire.CompanyInfo)]
    return Surroundings(currency.id if currency else None, countries == ["US"])
