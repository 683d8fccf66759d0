"""The frame's links: one list for the rail and for the bar at the foot of a phone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One entry of the navigation. `icon` names a drawing in `parts/icons.html`."""

    label: str
    endpoint: str
    blueprints: tuple[str, ...]
    """The groups of pages that belong to it."""
    icon: str
    in_phone_bar: bool = True


PLACES = (
    Place("Today", "today.page", ("today",), "today"),
    Place("Coming up", "preview.page", ("preview", "catch_up"), "coming", in_phone_bar=False),
    Place("Customers", "customers.table", ("customers",), "customers"),
    Place("Invoices", "invoices.table", ("invoices",), "invoices"),
    Place("Cadences", "cadence.listing", ("cadence",), "cadence", in_phone_bar=False),
    Place("Replay", "replay.page", ("replay",), "replay", in_phone_bar=False),
    Place("Messages", "messages.listing", ("messages",), "messages"),
    Place("Money", "money.page", ("money",), "money"),
    Place("Late fees", "late_fees.page", ("late_fees", "late_fee_rules"), "late", in_phone_bar=False),
    Place("Settings", "settings.page", ("settings", "booking", "mail"), "settings", in_phone_bar=False),
)
