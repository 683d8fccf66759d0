"""The surcharge of each currency as the business has set it, and what a customer is asked for because of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import Customer, Payment, PaymentState, SurchargeRule, Tenant
from app.payments.surcharge import SurchargeTerms, rounded_down, surcharge_on
from app.payments.surcharge_law import allowance, place_of, places_allowed

_YEAR = timedelta(days=365)
_HUNDREDTH = Decimal("0.01")
HIGHEST_PERCENT = Decimal(10)
AFFIRMATION = (
    "I have checked that a surcharge for paying by card is lawful for my customers in these places, and have told my "
    "card networks where they ask for it. Where only credit cards may be surcharged, my Stripe account refuses debit "
    "and prepaid cards for payments that carry a surcharge."
)


@dataclass(frozen=True, slots=True)
class SurchargeWish:
    """What somebody sets for a currency."""

    percent: Decimal
    fixed: Decimal
    maximum: Decimal | None
    places: tuple[str, ...]
    takes_debits: bool


def rules(session: Session) -> dict[str, SurchargeRule]:
    """What is set, by currency."""
    return {row.currency: row for row in session.scalars(select(SurchargeRule))}


def save_rule(session: Session, currency: str, wish: SurchargeWish, *, now: datetime) -> None:
    """Keep it, switched off: whoever changes a surcharge affirms it again. Raises Rejected with a sentence."""
    offered = {rule.place for rule in places_allowed(_today(session, now))}
    if wish.percent < 0 or wish.fixed < 0 or wish.percent > HIGHEST_PERCENT:
        raise Rejected(f"Write a percentage from 0 to {HIGHEST_PERCENT:f} and an amount of zero or more.")
    if wish.percent + wish.fixed <= 0:
        raise Rejected("Write a percentage, an amount, or both.")
    if wish.maximum is not None and wish.maximum <= 0:
        raise Rejected("Leave the highest surcharge empty, or write an amount above zero.")
    if unknown := sorted(set(wish.places) - offered):
        raise Rejected(f"No surcharge may be asked of customers in {', '.join(unknown)}.")
    values = {
        "percent": wish.percent,
        "fixed": wish.fixed,
        "maximum": wish.maximum,
        "places": sorted(wish.places),
        "takes_debits": wish.takes_debits,
        "affirmed": None,
        "switched_on_at": None,
        "switched_on_by": None,
        "changed_at": now,
    }
    session.execute(
        insert(SurchargeRule)
        .values(tenant_id=tenant_of(session), id=uuid4(), currency=currency, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "currency"], set_=values)
    )


def switch_surcharge_on(session: Session, currency: str, *, affirmed: bool, by: UUID, now: datetime) -> None:
    """Payers are asked from now on. Raises Rejected with a sentence if something is missing."""
    rule = _locked(session, currency)
    if not affirmed:
        raise Rejected("Read the sentence and tick it first.")
    if not rule.places:
        raise Rejected("Choose the places whose customers are asked for a surcharge first.")
    if not has_free_way(session, rule):
        raise Rejected(
            "A payer must be able to pay without the surcharge. Write your bank details in Settings, Getting paid, or "
            "say that you take bank debits."
        )
    rule.affirmed, rule.switched_on_at, rule.switched_on_by = AFFIRMATION, now, by


def switch_surcharge_off(session: Session, currency: str) -> None:
    """Nobody is asked any more. A page that a payer has open at the processor still holds what it showed."""
    _locked(session, currency).switched_on_at = None


def surcharge_terms(
    session: Session, customer: Customer, currencies: Collection[str] | None, *, now: datetime
) -> dict[str, SurchargeTerms]:
    """What a customer is asked for, by currency; nothing where any doubt is left. None: every currency."""
    found = (
        _terms(session, rule, customer, now=now)
        for rule in rules(session).values()
        if rule.switched_on_at is not None and (currencies is None or rule.currency in currencies)
    )
    return {terms.currency: terms for terms in found if terms is not None}


def surcharge_of_sample(session: Session, currency: str, amount: Decimal, *, now: datetime) -> Decimal:
    """What is asked of a payer of this amount, in a place that allows as much as the card costs; zero while off."""
    rule, cost = rules(session).get(currency), cost_of_cards(session, currency, now=now)
    if rule is None or rule.switched_on_at is None or cost is None:
        return Decimal(0)
    return surcharge_on(amount, _terms_of(rule, most=cost, only_credit=False))


def cost_of_cards(session: Session, currency: str, *, now: datetime) -> Decimal | None:
    """What the processor took of a year's payments in a currency, in per cent, rounded down; None if not known yet.

    It stands for the cost of acceptance, above which no surcharge may be. Bank debits make it lower, never higher.
    """
    row = session.execute(
        select(func.sum(Payment.fee), func.sum(Payment.amount)).where(
            Payment.state == PaymentState.SUCCEEDED,
            Payment.currency == currency,
            Payment.fee_currency == currency,
            Payment.paid_at > now - _YEAR,
        )
    ).one()
    fees, paid = row
    return (fees * 100 / paid).quantize(_HUNDREDTH, ROUND_DOWN) if fees and paid else None


def has_free_way(session: Session, rule: SurchargeRule) -> bool:
    """Whether a payer can pay without the surcharge."""
    has_details = session.get_one(Tenant, tenant_of(session)).bank_details_sealed is not None
    return rule.takes_debits or has_details


def _terms(
    session: Session, rule: SurchargeRule, customer: Customer, *, now: datetime
) -> SurchargeTerms | None:
    tenant = session.get_one(Tenant, rule.tenant_id)
    theirs = place_of(customer.country_code, customer.region)
    ours = place_of(tenant.country_code, tenant.region)
    allowed = allowance((ours, theirs), local_date(now, tenant.time_zone))
    cost = cost_of_cards(session, rule.currency, now=now)
    if allowed.most is None or cost is None or theirs not in rule.places or not has_free_way(session, rule):
        return None
    return _terms_of(rule, most=min(allowed.most, cost), only_credit=allowed.only_credit)


def _terms_of(rule: SurchargeRule, *, most: Decimal, only_credit: bool) -> SurchargeTerms:
    return SurchargeTerms(
        currency=rule.currency,
        percent=rule.percent,
        fixed=rounded_down(rule.fixed, rule.currency),
        maximum=rule.maximum,
        most_percent=most,
        takes_debits=rule.takes_debits,
        only_credit=only_credit,
    )


def _locked(session: Session, currency: str) -> SurchargeRule:
    found = select(SurchargeRule).where(SurchargeRule.currency == currency).with_for_update()
    rule = session.scalars(found).one_or_none()
    if rule is None:
        raise Rejected(f"Set the surcharge for {currency} first.")
    return rule


def _today(session: Session, now: datetime) -> date:
    return local_date(now, session.get_one(Tenant, tenant_of(session)).time_zone)
