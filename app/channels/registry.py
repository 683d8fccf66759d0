"""The one list of channels. A new channel is one folder and one line here."""

from collections.abc import Callable, Mapping

from app.channels.base import Channel
from app.channels.email.channel import email_channel
from app.kit.settings import Settings

CHANNELS: Mapping[str, Callable[[Settings], Channel | None]] = {"email": email_channel}
"""By name, how the channel is opened; None when this installation has not set it up."""


def open_channel(settings: Settings, name: str) -> Channel | None:
    """A channel ready to use, or None when it is not set up. Close it after the batch."""
    return CHANNELS[name](settings)


def has_channel(settings: Settings, name: str) -> bool:
    """Whether messages can leave on this channel. Connects to nothing."""
    channel = open_channel(settings, name)
    if channel is not None:
        channel.close()
    return channel is not None
