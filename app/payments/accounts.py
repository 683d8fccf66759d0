"""The tenant's account at the card processor, as the rest of the house asks for it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ProcessorAccount, ProcessorAccountState
from app.processors.registry import STRIPE


def card_account(session: Session) -> ProcessorAccount | None:
    """The tenant's account, ready or not; None if card payments were never started, or the account is over."""
    return session.scalars(
        select(ProcessorAccount).where(
            ProcessorAccount.processor == STRIPE, ProcessorAccount.ended_at.is_(None)
        )
    ).one_or_none()


def ended_account(session: Session) -> ProcessorAccount | None:
    """The last one that was closed or taken from us; None if there never was one."""
    return session.scalars(
        select(ProcessorAccount)
        .where(ProcessorAccount.processor == STRIPE, ProcessorAccount.ended_at.is_not(None))
        .order_by(ProcessorAccount.ended_at.desc())
        .limit(1)
    ).one_or_none()


def is_ready(account: ProcessorAccount | None) -> bool:
    """Whether money can be taken on this account now."""
    return (
        account is not None
        and account.external_id is not None
        and account.state is ProcessorAccountState.READY
    )


def takes_payments(session: Session) -> bool:
    """Whether a reminder of this tenant should carry a button to pay by card."""
    return is_ready(card_account(session))
