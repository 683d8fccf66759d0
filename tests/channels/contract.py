"""What every channel keeps, whatever it is. A channel's test module inherits it and gives the fixtures."""

from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from app.channels.base import Channel, Found, Outcome, Outgoing, Sought
from app.kit.errors import OutcomeUnknown, Rejected, Retryable

Arrived = Callable[[], list[dict[str, Any]]]
Break = Callable[[str], None]


def outcome_of(channel: Channel, outgoing: Outgoing) -> Outcome | None:
    """What the vendor says of an attempt that began just now."""
    now = datetime.now(UTC)
    found: Found | None = channel.lookup(Sought(outgoing.marker, outgoing.recipient, outgoing.text, now))
    return found.outcome if found else None


def told(channel: Channel, truth: Outcome) -> Outcome | None:
    """What a look-up may say: the truth, or nothing where the vendor cannot be asked."""
    return truth if channel.capabilities.answers_lookup else None


class ChannelContract:
    """Fixtures wanted: `channel`, `recipient`, `arrived` (what the vendor took) and `breaking` (make it misbehave:
    "busy", "refuse", "lose the answer", "hang up before")."""

    @pytest.fixture
    @abstractmethod
    def channel(self) -> Channel: ...

    @pytest.fixture
    @abstractmethod
    def recipient(self) -> str: ...

    @pytest.fixture
    @abstractmethod
    def arrived(self) -> Arrived: ...

    @pytest.fixture
    @abstractmethod
    def breaking(self) -> Break: ...

    @pytest.fixture
    def outgoing(self, recipient: str) -> Outgoing:
        return Outgoing(
            marker=str(uuid4()),
            sender_name="Harbour Lane Joinery",
            reply_to="office@harbour.example",
            recipient=recipient,
            subject="Harbour Lane Joinery: invoice INV-1 due today, £10.00",
            text="Hello Zoë,\n\n.a line with a dot\nand £10.00.",
            html="<p>Hello Zoë</p>",
        )

    def test_a_message_arrives_once_and_can_be_found_by_its_marker(
        self, channel: Channel, outgoing: Outgoing, arrived: Arrived
    ) -> None:
        assert channel.send(outgoing)
        assert len(arrived()) == 1
        assert outcome_of(channel, outgoing) is told(channel, Outcome.TAKEN)

    def test_what_was_never_sent_has_never_been_seen(self, channel: Channel, outgoing: Outgoing) -> None:
        assert outcome_of(channel, outgoing) is told(channel, Outcome.NEVER_SEEN)

    def test_a_busy_vendor_is_to_be_asked_again_and_has_nothing(
        self, channel: Channel, outgoing: Outgoing, arrived: Arrived, breaking: Break
    ) -> None:
        breaking("busy")
        with pytest.raises(Retryable):
            channel.send(outgoing)
        assert arrived() == []
        channel.send(outgoing)
        assert len(arrived()) == 1

    def test_a_refusal_is_for_good_and_says_why(
        self, channel: Channel, outgoing: Outgoing, arrived: Arrived, breaking: Break
    ) -> None:
        breaking("refuse")
        with pytest.raises(Rejected) as refused:
            channel.send(outgoing)
        assert refused.value.reason.endswith(".")
        assert outgoing.recipient not in refused.value.reason
        assert arrived() == []

    def test_an_answer_that_was_lost_leaves_the_outcome_open_until_it_is_looked_up(
        self, channel: Channel, outgoing: Outgoing, breaking: Break
    ) -> None:
        breaking("lose the answer")
        with pytest.raises(OutcomeUnknown):
            channel.send(outgoing)
        assert outcome_of(channel, outgoing) is told(channel, Outcome.TAKEN)

    def test_a_line_cut_before_the_vendor_took_it_is_told_by_the_look_up(
        self, channel: Channel, outgoing: Outgoing, arrived: Arrived, breaking: Break
    ) -> None:
        breaking("hang up before")
        with pytest.raises((OutcomeUnknown, Retryable)):
            channel.send(outgoing)
        assert arrived() == []
        assert outcome_of(channel, outgoing) is told(channel, Outcome.NEVER_SEEN)

    def test_several_threads_may_send_at_once(
        self, channel: Channel, outgoing: Outgoing, arrived: Arrived
    ) -> None:
        messages = [replace(outgoing, marker=str(uuid4())) for _ in range(24)]
        with ThreadPoolExecutor(8) as pool:
            assert len(list(pool.map(channel.send, messages))) == 24
        assert len(arrived()) == 24

    def test_what_could_name_a_person_is_not_in_the_message_s_own_description(
        self, outgoing: Outgoing
    ) -> None:
        assert outgoing.recipient not in repr(outgoing)
        assert outgoing.subject not in repr(outgoing)
