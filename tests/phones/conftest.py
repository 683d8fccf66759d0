from collections.abc import Iterator

import pytest

from app.kit.clock import OffsetFileClock
from app.kit.ground import Ground
from tests.phones.business import PhoneBusiness, begin_with_phones
from tests.reminders.journey import begin
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver


@pytest.fixture
def business(sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver) -> Iterator[PhoneBusiness]:
    """A connected company with a number for text messages, whose webhooks arrive at the receiver."""
    begun = begin(sandbox_ground, sandbox)
    told_here = sandbox_ground.settings.model_copy(update={"public_url": receiver.url})
    begun.ground = Ground.from_settings(told_here, clock=OffsetFileClock(sandbox.clock_file))
    yield begin_with_phones(begun, receiver)
    begun.ground.database.close()
