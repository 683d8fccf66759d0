"""One click on "Pay": decide under lock, then open or close pages at the processor with no transaction open."""

from uuid import UUID

from app.kit.errors import Disconnected, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Checkout, CheckoutState
from app.payments.checkout_choice import LIVE, Close, Open, PaidMeanwhile, Reuse, Wish, next_step
from app.payments.hearing import ask
from app.processors.base import CheckoutFacts
from app.processors.registry import open_processor

_MOST_STEPS = 6


def hosted_page(ground: Ground, wish: Wish) -> str:
    """The address of the processor's page for this wish.

    Raises PaidMeanwhile, Retryable (try again), Rejected (the processor refuses it), OutcomeUnknown (try again:
    the next click settles it with the same key).
    """
    for _ in range(_MOST_STEPS):
        with ground.database.tenant(wish.place.tenant_id) as session:
            step = next_step(session, wish, now=ground.clock.now())
        if isinstance(step, Reuse):
            return step.url
        if isinstance(step, Close):
            _close(ground, wish, step)
        elif (url := _open(ground, wish, step)) is not None:
            return url
    raise Retryable("Somebody else is opening the payment page at this moment. Please try again.")


def _close(ground: Ground, wish: Wish, step: Close) -> None:
    facts = open_processor(ground.settings).expire_checkout(step.account, step.external_id)
    tenant_id, now = wish.place.tenant_id, ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        checkout = session.get_one(Checkout, (tenant_id, step.checkout_id), with_for_update=True)
        if facts.is_expired:
            if checkout.state in LIVE:
                checkout.state = CheckoutState.EXPIRED
            return
        checkout.state = CheckoutState.COMPLETE
        record = step.external_id
        ask(session, account=step.account, kind="checkout", record=record, because="found-paid", now=now)
    raise PaidMeanwhile("A payment for one of these invoices has just been made.")


def _open(ground: Ground, wish: Wish, step: Open) -> str | None:
    """Create the page and keep its address; None if the decision must be made again."""
    pay_page = f"{ground.settings.public_url}/pay/{wish.token}"
    processor = open_processor(ground.settings)
    try:
        facts = processor.open_checkout(
            account=step.account,
            reference=str(step.checkout_id),
            currency=step.currency,
            lines=step.lines,
            ways=step.ways,
            # A link may be passed on to whoever pays the bills: the customer's address is not shown there.
            customer_email=None,
            success_url=f"{pay_page}/done?checkout={step.checkout_id}",
            cancel_url=pay_page,
            expires_at=step.expires_at,
            idempotency_key=f"checkout:{step.checkout_id}",
        )
    except (Rejected, Retryable, Disconnected) as failure:
        _give_up(ground, wish, step, is_refused=not isinstance(failure, Retryable))
        if step.is_new:
            raise
        return None
    if _keep(ground, wish, step.checkout_id, facts):
        return facts.url
    processor.expire_checkout(step.account, facts.external_id)
    return None


def _keep(ground: Ground, wish: Wish, checkout_id: UUID, facts: CheckoutFacts) -> bool:
    """Store the page before it is shown. False if the checkout was given up in the meantime."""
    tenant_id = wish.place.tenant_id
    with ground.database.tenant(tenant_id) as session:
        checkout = session.get_one(Checkout, (tenant_id, checkout_id), with_for_update=True)
        if checkout.state is CheckoutState.OPENING:
            checkout.external_id, checkout.url = facts.external_id, facts.url
            checkout.state = CheckoutState.OPEN
        return checkout.state is CheckoutState.OPEN and checkout.external_id == facts.external_id


def _give_up(ground: Ground, wish: Wish, step: Open, *, is_refused: bool) -> None:
    """The page was never shown to anybody. A refusal may mean that the account has changed: ask."""
    tenant_id, now = wish.place.tenant_id, ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        checkout = session.get_one(Checkout, (tenant_id, step.checkout_id), with_for_update=True)
        if checkout.state is CheckoutState.OPENING:
            checkout.state = CheckoutState.EXPIRED
        if is_refused:
            because = f"refused:{step.checkout_id}"
            ask(session, account=step.account, kind="account", record=step.account, because=because, now=now)
