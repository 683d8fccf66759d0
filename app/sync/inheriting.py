"""What goes from a customer that was merged away to the one it was merged into.

A wish for no more reminders, a hold and a tag that excludes must not get lost, and a link in an old message must go on
to work: for paying what is open now, and for asking for no more. They move, instead of being copied, so that what the
owner or the customer decides afterwards is not undone by the next pull.

What is about an address or a number of the loser's own stays with it: that nothing arrives there, or that texts may go
there. So does the word to remind although the loser's money lies unapplied: the winner's is another sum.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.sealing import Sealer
from app.sync.inheriting_people import hand_on_people

Moves = Mapping[tuple[UUID, UUID], int]
"""How many invoices went from one customer to another."""

_LONGEST_CHAIN = 5

# What the ledger says, and what became of the invoices a loser was reminded of: neither is forgotten by a crash.
_KNOWN = """
    SELECT loser.id, winner.id, true AS is_told, 0 AS invoices
    FROM customer AS loser JOIN customer AS winner ON winner.tenant_id = loser.tenant_id
      AND winner.external_id = loser.merged_into_external_id AND winner.id <> loser.id
    WHERE NOT loser.is_active
    UNION ALL
    SELECT loser.id, invoice.customer_id, false, count(DISTINCT invoice.id)
    FROM customer AS loser
    JOIN reminder ON reminder.tenant_id = loser.tenant_id AND reminder.customer_id = loser.id
    JOIN reminder_invoice AS line ON line.tenant_id = reminder.tenant_id AND line.reminder_id = reminder.id
    JOIN invoice ON invoice.tenant_id = line.tenant_id AND invoice.id = line.invoice_id
      AND invoice.customer_id <> loser.id
    WHERE NOT loser.is_active
    GROUP BY 1, 2
"""
# A STOP that stands at the winner gives way to any other wish: START would take it back.
_OPT_OUTS = """
    WITH moved AS (DELETE FROM opt_out WHERE customer_id = :loser RETURNING *)
    INSERT INTO opt_out (tenant_id, id, customer_id, channel, source, created_at)
    SELECT tenant_id, gen_random_uuid(), winner, channel, source, created_at
    FROM moved, unnest(CAST(:winners AS uuid[])) AS winner
    ON CONFLICT (tenant_id, customer_id, channel)
    DO UPDATE SET source = excluded.source, created_at = excluded.created_at
    WHERE opt_out.source = 'stop' AND excluded.source <> 'stop'
"""
_HOLDS = """
    WITH moved AS (
      UPDATE hold SET lifted_at = :now
      WHERE scope = 'customer' AND subject_id = :loser AND lifted_at IS NULL RETURNING *)
    INSERT INTO hold (tenant_id, id, scope, subject_id, kind, source, placed_by, reason, until, created_at)
    SELECT tenant_id, gen_random_uuid(), scope, winner, kind, source, placed_by, reason, until, created_at
    FROM moved, unnest(CAST(:winners AS uuid[])) AS winner
    ON CONFLICT (tenant_id, scope, subject_id, kind) WHERE lifted_at IS NULL
    DO UPDATE SET reason = excluded.reason, until = excluded.until
    WHERE hold.until IS NOT NULL AND (excluded.until IS NULL OR excluded.until > hold.until)
"""
# What a payer said and what a person has to do about it is read on the page of whoever owes now.
_CLAIMS = "UPDATE payment_claim SET customer_id = :heir WHERE customer_id = :loser"
_TO_DO = "UPDATE person_task SET customer_id = :heir WHERE customer_id = :loser"
_ALWAYS = (_OPT_OUTS, _HOLDS, _CLAIMS, _TO_DO)
_LINKS = "UPDATE pay_link SET customer_id = :heir WHERE customer_id = :loser"
_LATE_FEES = "UPDATE late_fee SET customer_id = :heir WHERE customer_id = :loser"
_TAGS = """
    WITH moved AS (DELETE FROM customer_tag WHERE customer_id = :loser RETURNING *)
    INSERT INTO customer_tag (tenant_id, id, customer_id, tag, created_at)
    SELECT tenant_id, gen_random_uuid(), winner, tag, created_at
    FROM moved, unnest(CAST(:winners AS uuid[])) AS winner
    ON CONFLICT (tenant_id, customer_id, tag) DO NOTHING
"""
# A loser that kept an open invoice was not merged, so these, and its people, stay its own.
_IF_MERGED = (_LINKS, _LATE_FEES, _TAGS)
_WAS_MERGED = "SELECT NOT EXISTS (SELECT FROM invoice WHERE customer_id = :loser AND state = 'open')"


def inherit(session: Session, sealer: Sealer, moves: Moves, *, now: datetime) -> int:
    """Let the winners have what their losers had; how many rows moved."""
    heirs = _heirs(session, moves)
    total = 0
    for _ in range(_LONGEST_CHAIN):  # a winner may have been merged away itself
        moved = sum(_hand_on(session, sealer, loser, winners, now) for loser, winners in heirs.items())
        if not moved:
            break
        total += moved
    return total


def _heirs(session: Session, moves: Moves) -> dict[UUID, list[UUID]]:
    """Per loser its winners, the surest first."""
    weights: dict[UUID, dict[UUID, tuple[bool, int]]] = defaultdict(dict)
    found = [(loser, winner, False, count) for (loser, winner), count in moves.items()]
    found += [tuple(row) for row in session.execute(text(_KNOWN))]
    for loser, winner, is_told, count in found:
        was_told, before = weights[loser].get(winner, (False, 0))
        weights[loser][winner] = (is_told or was_told, before + count)
    return {
        loser: sorted(winners, key=lambda winner: (winners[winner], winner), reverse=True)
        for loser, winners in weights.items()
    }


def _hand_on(session: Session, sealer: Sealer, loser: UUID, winners: Sequence[UUID], now: datetime) -> int:
    values = {"loser": loser, "winners": list(winners), "heir": winners[0], "now": now}
    was_merged = session.scalar(text(_WAS_MERGED), values)
    statements = (*_ALWAYS, *_IF_MERGED) if was_merged else _ALWAYS
    counts = (session.execute(text(statement), values).rowcount for statement in statements)  # type: ignore[attr-defined]
    moved = sum(int(count) for count in counts)
    return moved + (hand_on_people(session, sealer, loser, winners[0]) if was_merged else 0)
