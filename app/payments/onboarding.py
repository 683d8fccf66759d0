"""A business gets its own account at the card processor. The money goes there directly, never through us."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import ProcessorAccount, ProcessorAccountState, Route, Tenant, UserAccount
from app.payments.account_refresh import next_state, refresh_account
from app.payments.account_words import sentence_of
from app.payments.accounts import card_account, ended_account
from app.processors.registry import STRIPE, open_processor

__all__ = ["CardPayments", "next_state", "refresh", "refresh_account", "start", "state"]

RETURN_PATH, REFRESH_PATH = "/settings/payments/return", "/settings/payments/refresh"


@dataclass(frozen=True, slots=True)
class CardPayments:
    """How card payments stand, in words for the settings page."""

    state: str
    """`unavailable`, `off`, `onboarding`, `ready`, `restricted` or `ended`."""
    sentence: str
    can_continue: bool
    """Whether going (on) to the processor's pages helps."""
    account: str | None


def state(session: Session, settings: Settings) -> CardPayments:
    """Where the business stands with card payments."""
    if not settings.stripe_secret_key.get_secret_value():
        return CardPayments(
            "unavailable",
            "Card payments are not set up on this installation.",
            can_continue=False,
            account=None,
        )
    row, ended = card_account(session), ended_account(session)
    if ended is not None and (row is None or row.external_id is None):
        return CardPayments("ended", _ended_words(ended), can_continue=True, account=None)
    if row is None or row.external_id is None:
        return CardPayments(
            "off",
            "Customers cannot pay by card yet. Stripe opens an account in the name of the business; the money "
            "goes there directly. If the business uses Stripe already, it can reuse its details.",
            can_continue=True,
            account=None,
        )
    sentence, can_continue = _words(row)
    return CardPayments(row.state.value, sentence, can_continue=can_continue, account=row.external_id)


def _words(row: ProcessorAccount) -> tuple[str, bool]:
    match row.state:
        case ProcessorAccountState.READY:
            said = "Customers can pay by card. The money goes to the business's own Stripe account."
            return f"{said} {row.reason}" if row.reason else said, row.reason is not None
        case ProcessorAccountState.RESTRICTED:
            return row.reason or "Stripe has stopped card payments for this account.", True
        case _:
            return row.reason or "The account is not finished yet. Go on at Stripe.", True


def _ended_words(row: ProcessorAccount) -> str:
    why = row.reason or "The account at Stripe is over."
    return f"{why} Customers cannot pay by card until another account is set up; what was paid before stays here."


def start(ground: Ground, tenant_id: UUID, *, user_id: UUID) -> str:
    """Begin or go on with onboarding; the processor's page to send the owner to. Works once: never store it."""
    account = _known_account(ground, tenant_id) or _make_account(ground, tenant_id, user_id)
    return _fresh_page(ground, tenant_id, account)


def refresh(ground: Ground, tenant_id: UUID) -> str:
    """A new page when the last one was used up. Raises NotFound if nothing was started."""
    account = _known_account(ground, tenant_id)
    if account is None:
        raise NotFound("Card payments have not been started yet.")
    return _fresh_page(ground, tenant_id, account)


def _known_account(ground: Ground, tenant_id: UUID) -> str | None:
    with ground.database.tenant(tenant_id) as session:
        row = card_account(session)
        return row.external_id if row else None


def _fresh_page(ground: Ground, tenant_id: UUID, account: str) -> str:
    """The way back names the business: whoever looks after several may have turned to another one meanwhile."""
    public, whose = ground.settings.public_url, f"?shown_for={tenant_id}"
    return open_processor(ground.settings).onboarding_url(
        account, return_url=f"{public}{RETURN_PATH}{whose}", refresh_url=f"{public}{REFRESH_PATH}{whose}"
    )


def _make_account(ground: Ground, tenant_id: UUID, user_id: UUID) -> str:
    """Intent row, commit, one account at the processor, commit.

    The key names row and user: whoever comes again after a crash gets the same account, and another user,
    whose address differs, is not refused for using a key twice.
    """
    processor = open_processor(ground.settings)
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row_id = _intend(session, now)
        tenant = session.get_one(Tenant, tenant_id)
        name, country = tenant.name, tenant.country_code
        email = _email_of(ground, session, user_id)
    facts = processor.onboard(
        display_name=name, email=email, country_code=country, idempotency_key=f"account:{row_id}:{user_id}"
    )
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(ProcessorAccount, (tenant_id, row_id), with_for_update=True)
        if row.external_id is None:
            row.external_id, row.reason = facts.external_id, sentence_of(facts)
            row.state = next_state(row.state, facts)
            session.add(
                Route(kind=STRIPE, outside_key=facts.external_id, tenant_id=tenant_id, subject_id=row_id)
            )
        return row.external_id


def _intend(session: Session, now: datetime) -> UUID:
    session.execute(
        insert(ProcessorAccount)
        .values(
            tenant_id=tenant_of(session),
            id=uuid4(),
            processor=STRIPE,
            state=ProcessorAccountState.ONBOARDING,
            events_since=now,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    row = card_account(session)
    if row is None:
        raise Retryable("The card account has just been changed. Please try again.")
    return row.id


def _email_of(ground: Ground, session: Session, user_id: UUID) -> str:
    user = session.get(UserAccount, user_id)
    if user is None:
        raise Rejected("Please sign in again before you set up card payments.")
    return ground.platform_sealer().open(user.email_sealed, column="user_account.email", row=user_id)
