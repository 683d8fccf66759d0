"""Asks the processor how a tenant's account stands and keeps the answer.

Coming back from its pages proves nothing, and neither does a webhook: both only make us ask (law 3).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.errors import Disconnected
from app.kit.ground import Ground
from app.models import ProcessorAccount, ProcessorAccountState
from app.payments.account_words import sentence_of
from app.payments.accounts import card_account, ended_account
from app.payments.replan import replan
from app.processors.base import AccountFacts
from app.processors.registry import open_processor


@dataclass(frozen=True, slots=True)
class _Asked:
    row_id: UUID
    external_id: str


def refresh_account(ground: Ground, tenant_id: UUID) -> None:
    """Look at the account that is in use, else at the last one that was: it may be ours to use again."""
    with ground.database.tenant(tenant_id) as session:
        asked = _asked(session)
    if asked is None:
        return
    try:
        facts = open_processor(ground.settings).account(asked.external_id)
        is_over = facts.is_closed
    except Disconnected as gone:
        facts = AccountFacts(asked.external_id, ProcessorAccountState.RESTRICTED, gone.reason)
        is_over = True
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(ProcessorAccount, (tenant_id, asked.row_id), with_for_update=True)
        _keep(session, row, facts, is_over=is_over, now=ground.clock.now())


def _asked(session: Session) -> _Asked | None:
    row = card_account(session) or ended_account(session)
    return _Asked(row.id, row.external_id) if row is not None and row.external_id else None


def _keep(
    session: Session, row: ProcessorAccount, facts: AccountFacts, *, is_over: bool, now: datetime
) -> None:
    was_taking = row.ended_at is None and row.state is ProcessorAccountState.READY
    if is_over:
        row.state, row.reason = ProcessorAccountState.RESTRICTED, sentence_of(facts)
        row.ended_at = row.ended_at or now
    elif row.ended_at is None or card_account(session) is None:
        row.state, row.reason, row.ended_at = next_state(row.state, facts), sentence_of(facts), None
    session.flush()
    if was_taking != (row.ended_at is None and row.state is ProcessorAccountState.READY):
        replan(session, now=now)


def next_state(before: ProcessorAccountState, facts: AccountFacts) -> ProcessorAccountState:
    """An account that never was ready is still being set up, whatever the processor calls it. Pure."""
    if before is ProcessorAccountState.ONBOARDING and facts.state is ProcessorAccountState.RESTRICTED:
        return ProcessorAccountState.ONBOARDING
    return facts.state
