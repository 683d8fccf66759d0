"""Text messages and WhatsApp against the stand-in for Twilio: the port's contract, and what is theirs alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.channels.base import Channel, Meaning, Outcome, Outgoing, Refused, Sought
from app.channels.registry import open_channel
from app.channels.twilio.access import TwilioAccess
from app.channels.twilio.refusals import meaning_of
from app.kit.errors import OutcomeUnknown, Retryable
from app.kit.settings import Settings
from tests.channels.contract import Arrived, Break, ChannelContract, outcome_of
from tests.channels.twilio.business import SetUp, set_up
from tests.sandbox.client import SandboxClient
from tests.sandbox.twilio.client import MOBILE

FAULTS = {"busy": "429", "lose the answer": "drop", "hang up before": "drop-before"}


def settings_of(make_settings: Callable[..., Settings], sandbox: SandboxClient) -> Settings:
    base = f"{sandbox.url}/twilio"
    return make_settings(
        twilio_api_url=f"{base}/api",
        twilio_messaging_url=f"{base}/messaging",
        twilio_content_url=f"{base}/content",
    )


class PhoneContract(ChannelContract):
    name: str

    @pytest.fixture
    def business(self, sandbox: SandboxClient) -> SetUp:
        return set_up(sandbox)

    @pytest.fixture
    def channel(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient, business: SetUp
    ) -> Iterator[Channel]:
        opened = open_channel(settings_of(make_settings, sandbox), self.name, business.access)
        assert opened is not None
        yield opened
        opened.close()

    @pytest.fixture
    def recipient(self) -> str:
        return MOBILE

    @pytest.fixture
    def arrived(self, sandbox: SandboxClient) -> Arrived:
        return lambda: list(sandbox.get("/twilio/phones/api/messages", params={"to": MOBILE}).json())

    @pytest.fixture
    def breaking(self, sandbox: SandboxClient) -> Break:
        def misbehave(how: str) -> None:
            if how == "refuse":
                sandbox.control("twilio/countries/+44/close")
            else:
                sandbox.fault("twilio", FAULTS[how], match="POST")

        return misbehave

    @pytest.mark.parametrize("kind", ["500", "503", "garbage", "html"])
    def test_whatever_is_no_clear_answer_leaves_the_outcome_open(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient, arrived: Arrived, kind: str
    ) -> None:
        sandbox.fault("twilio", kind, match="POST")
        with pytest.raises(OutcomeUnknown):
            channel.send(outgoing)
        was_taken = kind == "garbage"
        assert len(arrived()) == int(was_taken)
        assert outcome_of(channel, outgoing) is (Outcome.TAKEN if was_taken else Outcome.NEVER_SEEN)

    @pytest.mark.parametrize("kind", ["429", "503", "garbage", "html"])
    def test_a_look_up_without_an_answer_is_made_again(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient, kind: str
    ) -> None:
        sandbox.fault("twilio", kind, match="GET")
        with pytest.raises(Retryable):
            outcome_of(channel, outgoing)

    def test_the_same_words_of_an_earlier_reminder_are_not_taken_for_this_one(
        self, channel: Channel, outgoing: Outgoing
    ) -> None:
        channel.send(outgoing)
        later = Sought(str(uuid4()), MOBILE, outgoing.text, datetime.now(UTC) + timedelta(days=7))
        found = channel.lookup(later)
        assert found is not None
        assert found.outcome is Outcome.NEVER_SEEN

    def test_a_look_up_goes_through_pages_and_tells_the_sid(
        self, channel: Channel, outgoing: Outgoing, business: SetUp
    ) -> None:
        sid = channel.send(outgoing)
        for _ in range(105):
            channel.send(self.other(outgoing))
        found = channel.lookup(Sought(outgoing.marker, MOBILE, outgoing.text, business.account.sandbox.now()))
        assert found is not None
        assert (found.outcome, found.vendor_id) == (Outcome.TAKEN, sid)

    def test_the_callback_s_address_carries_the_marker(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient
    ) -> None:
        channel.send(outgoing)
        sandbox.advance(seconds=5)
        told = {row["url"] for row in sandbox.get("/control/deliveries").json()}
        assert f"http://127.0.0.1:8400/webhooks/twilio/status?m={outgoing.marker}" in told

    def test_credentials_that_are_refused_mean_that_nothing_is_set_up_and_nothing_leaves(
        self,
        make_settings: Callable[..., Settings],
        sandbox: SandboxClient,
        outgoing: Outgoing,
        business: SetUp,
        arrived: Arrived,
    ) -> None:
        wrong = replace(business.access, token="wrong")
        opened = open_channel(settings_of(make_settings, sandbox), self.name, wrong)
        assert opened is not None
        with pytest.raises(Refused) as refused:
            opened.send(outgoing)
        opened.close()
        assert refused.value.meaning is Meaning.NOT_SET_UP
        assert arrived() == []

    def other(self, outgoing: Outgoing) -> Outgoing:
        return replace(outgoing, text=f"{outgoing.text} {uuid4()}", marker=str(uuid4()))


class TestSms(PhoneContract):
    name = "sms"

    @pytest.mark.parametrize(
        ("number", "meaning"),
        [
            ("0790", Meaning.BAD_ADDRESS),
            ("+15005550009", Meaning.BAD_ADDRESS),
            ("+15005550003", Meaning.NOT_SET_UP),
            ("+15005550004", Meaning.OPTED_OUT),
        ],
    )
    def test_a_refusal_says_what_it_means_for_the_next_message(
        self, channel: Channel, outgoing: Outgoing, number: str, meaning: Meaning
    ) -> None:
        with pytest.raises(Refused) as refused:
            channel.send(replace(outgoing, recipient=number))
        assert refused.value.meaning is meaning

    def test_a_business_without_a_number_has_no_channel(self, make_settings: Callable[..., Settings]) -> None:
        assert open_channel(make_settings(), "sms") is None
        assert open_channel(make_settings(), "sms", TwilioAccess("AC1", "t")) is None


class TestWhatsApp(PhoneContract):
    name = "whatsapp"

    @pytest.fixture
    def outgoing(self, business: SetUp, recipient: str) -> Outgoing:
        return Outgoing(
            marker=str(uuid4()),
            sender_name="Harbour Lane Joinery",
            reply_to=None,
            recipient=recipient,
            subject="Harbour Lane Joinery: invoice INV-1",
            text="Hello Zoë, invoice INV-1 is due.",
            template=business.template,
            variables={"1": "Zoë", "2": "INV-1"},
        )

    def other(self, outgoing: Outgoing) -> Outgoing:
        return replace(outgoing, marker=str(uuid4()), variables={"1": "Zoë", "2": str(uuid4())})

    def test_free_words_never_leave(self, channel: Channel, outgoing: Outgoing, arrived: Arrived) -> None:
        with pytest.raises(Refused) as refused:
            channel.send(replace(outgoing, template=None))
        assert refused.value.meaning is Meaning.TEMPLATE
        assert arrived() == []

    def test_a_business_whose_sender_is_not_online_has_no_channel(
        self, make_settings: Callable[..., Settings]
    ) -> None:
        assert open_channel(make_settings(), "whatsapp", TwilioAccess("AC1", "t", "MG1")) is None


def test_a_code_nobody_has_listed_concerns_this_message_only() -> None:
    assert meaning_of(39999)[0] is Meaning.OTHER
    assert "39999" in meaning_of(39999)[1]
    assert meaning_of(None)[1].endswith(".")
