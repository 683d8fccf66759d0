"""Always exactly one of waiting, held, sent, unknown, failed, not needed: as a table, a game, and in the database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import Delivery, Message, MessageState, Reminder, ReminderState
from app.reminders import claiming, decisions, fallback, moves, outcomes, reasons
from app.reminders.moves import WORDS, Move, Word, is_news
from app.reminders.receipts import record_receipt
from tests.reminders.decided import fill

TOLD = st.sampled_from(list(Delivery))


def test_every_state_has_one_word_and_every_word_a_state() -> None:
    assert set(WORDS) == set(ReminderState)
    assert set(WORDS.values()) == set(Word)


@given(st.lists(TOLD), TOLD)
def test_receipts_in_any_order_only_ever_say_more_and_the_same_twice_says_nothing(
    told: list[Delivery], last: Delivery
) -> None:
    known: Delivery | None = None
    seen = []
    for one in [*told, last, last]:
        if is_news(known, one):
            known = one
            seen.append(one)
    assert len(seen) == len(set(seen))
    assert not is_news(known, last)
    if moves.ARRIVED & set(seen):
        assert Delivery.UNDELIVERED not in seen[1:]
    if Delivery.COMPLAINED in told:
        assert known is Delivery.COMPLAINED


class Life(RuleBasedStateMachine):
    """One reminder with its messages. Whatever the vendor tells comes late, twice and for any of them."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.channels_left = ReminderState.PLANNED, 2
        self.messages: list[MessageState] = []
        self.deliveries: list[Delivery | None] = []
        self.came_back: set[int] = set()

    def _go(self, move: Move) -> bool:
        if self.state not in move.of:
            return False
        self.state = move.to
        return True

    def _close(self, place: int, state: MessageState) -> bool:
        is_open = self.messages[place] in moves.OPEN_MESSAGE
        if is_open:
            self.messages[place] = state
        return is_open

    @rule()
    def claim_and_intend(self) -> None:
        if self._go(moves.CLAIM):
            self.messages.append(MessageState.SENDING)
            self.deliveries.append(None)

    @rule(verdict=st.sampled_from([moves.HOLD, moves.SKIP]))
    def the_gate_decides(self, verdict: Move) -> None:
        if self._go(moves.CLAIM):
            assert self._go(verdict)

    @rule()
    def planning_drops_it(self) -> None:
        self._go(moves.OVERTAKEN)

    def _follow(self, place: int) -> bool:
        """A message that has left takes its reminder along, unless it has come back meanwhile."""
        has_left = self.messages[place] is MessageState.SENT and place not in self.came_back
        return has_left and self._go(moves.TAKEN)

    @rule()
    def the_worker_is_lost_before_its_message_is_written(self) -> None:
        if self._go(moves.CLAIM) and not (self.messages and self._follow(len(self.messages) - 1)):
            assert self._go(moves.NOT_TAKEN)

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def the_sender_writes_down_late_that_it_was_taken(self, data: st.DataObject) -> None:
        self._follow(data.draw(st.integers(0, len(self.messages) - 1)))

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def the_vendor_takes_it(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.messages) - 1))
        if self.messages[place] in moves.OPEN_MESSAGE:
            self.messages[place] = MessageState.SENT
            self._go(moves.TAKEN)

    @precondition(lambda self: self.messages)
    @rule(
        ends=st.sampled_from(
            [
                (MessageState.FAILED, moves.REFUSED),
                (MessageState.FAILED, moves.NOT_TAKEN),
                (MessageState.UNKNOWN, moves.IN_DOUBT),
            ]
        ),
        data=st.data(),
    )
    def it_ends_otherwise(self, ends: tuple[MessageState, Move], data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.messages) - 1))
        if self._close(place, ends[0]):
            self._go(ends[1])

    @precondition(lambda self: self.messages)
    @rule(told=TOLD, data=st.data())
    def a_receipt_comes(self, told: Delivery, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.messages) - 1))
        if self._close(place, MessageState.SENT):
            self._go(moves.TAKEN)
        if not is_news(self.deliveries[place], told):
            return
        self.deliveries[place] = told
        is_latest = place == len(self.messages) - 1
        if told in moves.NOT_REACHED:
            self.came_back.add(place)
        if told in moves.NOT_REACHED and is_latest:
            has_next = self.channels_left > 0
            if self._go(moves.NEXT_CHANNEL if has_next else moves.NO_CHANNEL_LEFT):
                self.channels_left -= has_next

    @invariant()
    def it_is_in_exactly_one_state_with_one_word(self) -> None:
        assert [word for state, word in WORDS.items() if state is self.state] == [WORDS[self.state]]

    @invariant()
    def nothing_is_in_flight_but_what_is_latest(self) -> None:
        """A new message is only begun once every earlier one has its end."""
        assert not [one for one in self.messages[:-1] if one in moves.OPEN_MESSAGE]
        if self.messages and self.messages[-1] in moves.OPEN_MESSAGE:
            assert WORDS[self.state] in (Word.WAITING, Word.UNKNOWN)

    @invariant()
    def what_was_sent_and_did_not_come_back_stays_sent(self) -> None:
        latest = len(self.messages) - 1
        if self.messages and self.messages[latest] is MessageState.SENT and latest not in self.came_back:
            assert self.state is ReminderState.SENT

    @invariant()
    def what_came_back_was_not_sent(self) -> None:
        if len(self.messages) - 1 in self.came_back:
            assert self.state is not ReminderState.SENT


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)


def _hold(session: Session, reminder: UUID, _: UUID, ground: Ground) -> None:
    decisions.hold(session, reminder, reasons.PAUSED, until=None, now=ground.clock.now())


def _skip(session: Session, reminder: UUID, _: UUID, ground: Ground) -> None:
    fence = session.scalars(select(Reminder.lease_until)).one()
    assert fence is not None
    decisions.skip(session, reminder, reasons.PAUSED, now=ground.clock.now(), facts=None, fence=fence)


def _taken(session: Session, _: UUID, message: UUID, __: Ground) -> None:
    outcomes.follow_sent_messages(session, [message])


def _refused(session: Session, _: UUID, message: UUID, ground: Ground) -> None:
    outcomes.record_failed(session, message, reason="Refused.", now=ground.clock.now())


def _in_doubt(session: Session, _: UUID, message: UUID, ground: Ground) -> None:
    outcomes.record_unknown(session, message, reason="The line broke.", now=ground.clock.now())


def _not_taken(session: Session, _: UUID, message: UUID, ground: Ground) -> None:
    now = ground.clock.now()
    outcomes.record_not_taken(session, message, reason="Busy.", now=now, again_at=now)


def _next_channel(session: Session, reminder: UUID, _: UUID, ground: Ground) -> None:
    later = ground.clock.now() + timedelta(days=3)
    claiming.give_back(session, reminder, reasons.PAUSED, due_at=later, send_on=later.date())


def _no_channel_left(session: Session, _: UUID, message: UUID, ground: Ground) -> None:
    fallback.give_way(session, message, reason="Came back.", now=ground.clock.now())


def _claim(session: Session, _: UUID, __: UUID, ground: Ground) -> None:
    now = ground.clock.now()
    claiming.claim(session, now=now, today=now.date())


Act = Callable[[Session, UUID, UUID, Ground], None]
ACTS: list[tuple[Move, Act]] = [
    (moves.CLAIM, _claim),
    (moves.HOLD, _hold),
    (moves.SKIP, _skip),
    (moves.TAKEN, _taken),
    (moves.REFUSED, _refused),
    (moves.IN_DOUBT, _in_doubt),
    (moves.NOT_TAKEN, _not_taken),
    (moves.NEXT_CHANNEL, _next_channel),
    (moves.NO_CHANNEL_LEFT, _no_channel_left),
]


@pytest.mark.parametrize(("move", "act"), ACTS, ids=[act.__name__ for _, act in ACTS])
def test_the_database_moves_what_the_table_says_and_nothing_else(
    ground: Ground, tenant: UUID, move: Move, act: Act
) -> None:
    fill(ground, tenant, "sms", 1)
    with ground.database.tenant(tenant) as session:
        reminder_id = session.scalars(select(Reminder.id)).one()
        now = ground.clock.now()
        message_id = _message(session, reminder_id, attempt=1, state=MessageState.SENDING, now=now)
        for state in ReminderState:
            session.execute(
                text(
                    "UPDATE reminder SET state = CAST(:state AS text), lease_until = now(), send_on = :today, "
                    "due_at = :due, reason_code = CASE WHEN CAST(:state AS text) = 'held' THEN 'try_again' END"
                ),
                {"state": state.value, "today": now.date(), "due": now - timedelta(hours=1)},
            )
            session.execute(text("UPDATE message SET state = 'sending'"))
            session.expire_all()
            act(session, reminder_id, message_id, ground)
            session.flush()
            session.expire_all()
            found = session.scalars(select(Reminder.state)).one()
            assert found is (move.to if state in move.of else state), state
            assert session.scalars(select(Message.state)).one() in set(MessageState)


@pytest.mark.parametrize(("told", "becomes"), [("undelivered", "sending"), ("delivered", "sent")])
def test_what_is_told_of_an_earlier_attempt_ends_the_present_one_only_if_it_arrived(
    ground: Ground, tenant: UUID, told: str, becomes: str
) -> None:
    fill(ground, tenant, "sms", 1)
    now = ground.clock.now()
    with ground.database.tenant(tenant) as session:
        reminder_id = session.scalars(select(Reminder.id)).one()
        _message(session, reminder_id, attempt=1, state=MessageState.FAILED, now=now)
        _message(session, reminder_id, attempt=2, state=MessageState.SENDING, now=now)
        session.execute(text("UPDATE reminder SET state = 'sending', lease_until = now()"))
        record_receipt(session, channel="sms", marker="m1", outcome=Delivery(told), at=now, now=now)
        session.flush()
        session.expire_all()
        assert session.scalars(select(Reminder.state)).one() is ReminderState(becomes)
        first = session.scalars(select(Message).where(Message.marker == "m1")).one()
        assert (first.state, first.delivery) == (MessageState.SENT, Delivery(told))


def _message(
    session: Session, reminder_id: UUID, *, attempt: int, state: MessageState, now: datetime
) -> UUID:
    message_id = uuid4()
    values = {
        "id": message_id,
        "tenant": session.info["tenant_id"],
        "of": reminder_id,
        "attempt": attempt,
        "state": state.value,
        "marker": f"m{attempt}",
        "now": now,
    }
    session.execute(
        text(
            "INSERT INTO message (tenant_id, id, reminder_id, attempt, channel, state, recipient_sealed, "
            "content_sealed, marker, started_at) "
            "VALUES (:tenant, :id, :of, :attempt, 'sms', :state, '', '', :marker, :now)"
        ),
        values,
    )
    return message_id
