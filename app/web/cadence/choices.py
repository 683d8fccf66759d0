"""What the form offers to choose from, in the owner's words."""

from collections.abc import Mapping

from app.models import Anchor, Attachment, ContactRole, Counts, Grouping, OnlyAfter, StepAction, Tone

SIDES = {
    "before": "before the due date",
    "on": "on the due date itself",
    "after": "after the due date",
    Anchor.ISSUED.value: "after the invoice date",
    Anchor.PREVIOUS.value: "after the step before",
}
CHANNELS = {
    "email": "Mail",
    "sms": "Text message",
    "whatsapp": "WhatsApp",
    "email,sms": "Mail; text message if it does not arrive",
    "sms,email": "Text message; mail if it does not arrive",
    "whatsapp,email": "WhatsApp; mail if it does not arrive",
    "whatsapp,sms": "WhatsApp; text message if it does not arrive",
    "whatsapp,sms,email": "WhatsApp; then text message; then mail",
    "email,sms,whatsapp": "Mail; then text message; then WhatsApp",
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "sides": SIDES,
    "counts": {Counts.CALENDAR: "days", Counts.BUSINESS: "working days"},
    "channels": CHANNELS,
    "channel_names": {"email": "Mail", "sms": "Text message", "whatsapp": "WhatsApp"},
    "tone": {Tone.GENTLE: "Gentle", Tone.STANDARD: "Standard", Tone.FIRM: "Firm"},
    "recipient_role": {
        ContactRole.BILLING: "Whoever pays the bills",
        ContactRole.MANAGER: "Their manager",
        ContactRole.DIRECTOR: "The owner or director",
    },
    "attachment": {
        Attachment.NONE: "Nothing",
        Attachment.INVOICE: "The invoices as PDF",
        Attachment.STATEMENT: "A statement of the message's invoices as PDF",
    },
    "action": {
        StepAction.MESSAGE: "Write to the customer",
        StepAction.TASK: "Ask one of us to act; nothing is sent",
    },
    "only_after": {"": "Always", OnlyAfter.PROMISE_BROKEN: "Only after a broken promise to pay"},
    "grouping": {
        Grouping.CUSTOMER: "One message per customer and currency, for all invoices that are due for one",
        Grouping.INVOICE: "One message per invoice, on different days",
    },
    "weekdays": {str(at): day for at, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))},
}
