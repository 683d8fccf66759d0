"""Words a charge for its customer: in the language of the country of their address, as their reminders are."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.languages import language_of_business, language_of_customer, locale_of
from app.late_fees.spans import read
from app.late_fees.terms import Charge
from app.late_fees.words import Voice, described
from app.models import Customer, Invoice, LateFee, Tenant


def voice_for(session: Session, customer_id: UUID) -> Voice:
    """How a customer is written to."""
    tenant = session.get_one(Tenant, tenant_of(session))
    customer = session.get_one(Customer, (tenant.id, customer_id))
    language = language_of_customer(customer.country_code, own=language_of_business(tenant.country_code))
    return Voice(language, locale_of(language, customer.country_code, tenant.country_code))


def describe(session: Session, charge: LateFee, invoice: Invoice) -> str:
    """What a kept charge says of itself."""
    values = Charge(
        kind=charge.kind,
        from_day=charge.from_day,
        to_day=charge.to_day,
        base=charge.base,
        rate=charge.rate,
        amount=charge.amount,
        spans=read(charge.spans),
    )
    return described(
        values,
        number=invoice.number,
        currency=charge.currency,
        law=charge.law,
        voice=voice_for(session, invoice.customer_id),
    )
