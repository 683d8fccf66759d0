"""What a tenant has at all, its default cadence included, in one question.

Most have no rules, no holds and no promises: nothing more is asked about what is not there.
"""

from dataclasses import dataclass

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.reminders.cadence_values import Cadence
from app.reminders.holds_review import UNSETTLED

# Whatever may hold an invoice or a customer today; `app.reminders.holds` tells what really does.
_MAY_HOLD = """
    EXISTS (SELECT FROM hold WHERE lifted_at IS NULL)
    OR EXISTS (SELECT FROM excluded_tag)
    OR EXISTS (SELECT FROM ledger_payment WHERE unapplied > 0 AND NOT is_deleted)
    OR EXISTS (SELECT FROM credit_note WHERE state = 'open' AND remaining > 0)
    OR EXISTS (SELECT FROM minimum_balance)
    OR EXISTS (SELECT FROM payment WHERE state = 'processing')
    OR EXISTS (SELECT FROM invoice WHERE state = 'open' AND last_emailed_at IS NOT NULL)
"""
_STEPS = """
    SELECT json_agg(json_build_object(
        'id', s.id, 'offset_days', s.offset_days, 'anchor', s.anchor, 'counts', s.counts, 'channels', s.channels,
        'min_balance', s.min_balance::text, 'max_balance', s.max_balance::text,
        'repeat_every_days', s.repeat_every_days, 'repeat_limit', coalesce(s.repeat_limit, 0),
        'action', s.action, 'only_after', s.only_after, 'recipient_role', s.recipient_role)
        ORDER BY s.position, s.offset_days, s.id)
    FROM cadence_step s WHERE s.cadence_id = c.id AND s.retired_at IS NULL
"""
_CADENCE = f"""
    SELECT json_build_object(
        'version', c.version, 'send_hour', c.send_hour, 'steps', coalesce(({_STEPS}), '[]'), 'weekdays', c.weekdays,
        'opens_at', c.opens_at, 'closes_at', c.closes_at, 'keeps_holidays', c.keeps_holidays, 'grouping', c.grouping)
    FROM cadence c WHERE c.is_default
"""  # noqa: S608
_QUESTION = text(f"""
    SELECT json_build_object(
        'country', country_code, 'region', region,
        'cadence', ({_CADENCE}),
        'connection', EXISTS (SELECT FROM connection WHERE state = 'active'),
        'quiet_days', EXISTS (SELECT FROM hold_rules WHERE quiet_books_days IS NOT NULL),
        'own_senders', EXISTS (SELECT FROM own_mail_server) OR EXISTS (SELECT FROM phone_account),
        'unsettled', {" OR ".join(UNSETTLED)},
        'holds', {_MAY_HOLD},
        'rules', EXISTS (SELECT FROM cadence_rule),
        'words', EXISTS (SELECT FROM catch_up),
        'opt_outs', EXISTS (SELECT FROM opt_out),
        'contacts', EXISTS (SELECT FROM customer_contact),
        'checkouts', EXISTS (SELECT FROM checkout_invoice),
        'decided', EXISTS (SELECT FROM reminder WHERE state NOT IN ('planned', 'held'))
    )::text FROM tenant
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Census:
    """Where the business is, its default cadence, and whether it has any of the things that planning looks at."""

    country: str
    region: str | None
    cadence: Cadence | None
    """None until the first planning has made it."""
    connection: bool
    """One that is active."""
    quiet_days: bool
    """A rule that says for how long no receipt is usual."""
    own_senders: bool
    """A mail server or an account for telephones."""
    unsettled: bool
    """Something that the passing of days or the books may settle."""
    holds: bool
    rules: bool
    words: bool
    """What the owner said about being late."""
    opt_outs: bool
    contacts: bool
    checkouts: bool
    decided: bool
    """Reminders that have left, or were skipped."""


_census = msgspec.json.Decoder(Census)


def take_census(session: Session) -> Census:
    """As the tenant of this unit of work stands at this moment."""
    return _census.decode(session.execute(_QUESTION).scalar_one())
