"""What a person is told of a chargeback, and until when they can answer. Pure."""

from datetime import date

from app.models import Chargeback, ChargebackState
from app.payments.in_words import day, money

# docs.stripe.com/disputes/categories, as a sentence goes on after "because".
_BECAUSE = {
    "bank_cannot_process": "the bank cannot process it",
    "credit_not_processed": "the customer says that a promised credit never came",
    "customer_initiated": "the customer asked their bank to",
    "debit_not_authorized": "the customer says that they did not authorize the debit",
    "duplicate": "the customer says that they paid twice",
    "fraudulent": "the customer says that they did not pay this",
    "incorrect_account_details": "the account details are wrong",
    "insufficient_funds": "the customer's account has not enough money",
    "product_not_received": "the customer says that they did not receive what they paid for",
    "product_unacceptable": "the customer says that something is wrong with what they received",
    "subscription_canceled": "the customer says that they had canceled before",
    "unrecognized": "the customer does not recognize the payment",
}


def what_to_do(chargeback: Chargeback, *, answer_by: date | None) -> str:
    """What happened, and what can be done. `answer_by` is the last day for evidence, where there is one."""
    what = money(chargeback.amount, chargeback.currency)
    because = _BECAUSE.get(chargeback.reason)
    why = f" because {because}" if because else ""
    if chargeback.state is ChargebackState.LOST:
        return (
            f"The customer's bank has taken {what} back for good{why}. The invoice stays paid here, so nobody is "
            "reminded: settle it with the customer."
        )
    until = f" until {day(answer_by)}" if answer_by else " soon"
    if chargeback.state is ChargebackState.INQUIRY:
        return (
            f"The customer's bank asks about a card payment of {what}{why}. Answer in Stripe{until}; otherwise "
            "the bank may take the money back."
        )
    return (
        f"The customer's bank has taken {what} back{why}. Send evidence in Stripe{until}; without it the money "
        "is lost."
    )
