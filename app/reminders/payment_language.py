"""In which language a payer is written to about a payment: that of the reminders they get."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.languages import language_of_business, language_of_customer
from app.models import Customer, Reminder, ReminderState, Tenant
from app.reminders.ready_texts import EMAIL
from app.reminders.step_texts import words_of


def written_in(session: Session, customer: Customer, tenant: Tenant) -> str:
    """The language of the last reminder's mail, which may be the business's own where it wrote no other text.

    Who never had one is written to by country, as the first reminder would be.
    """
    step_id = session.scalar(
        select(Reminder.step_id)
        .where(Reminder.customer_id == customer.id, Reminder.state == ReminderState.SENT)
        .order_by(Reminder.send_on.desc(), Reminder.due_at.desc())
        .limit(1)
    )
    if step_id is None:
        return language_of_customer(customer.country_code, own=language_of_business(tenant.country_code))
    words = words_of(session, [step_id])[step_id]
    _, language = words.on(EMAIL, wanted=language_of_customer(customer.country_code, own=words.language))
    return language
