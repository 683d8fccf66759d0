"""Which card processors there are, and how to get one for this installation."""

from collections.abc import Callable

from app.kit.errors import Rejected
from app.kit.settings import Settings
from app.processors.base import Processor
from app.processors.stripe.processor import StripeProcessor

STRIPE = "stripe"


def _stripe(settings: Settings) -> Processor:
    key = settings.stripe_secret_key.get_secret_value()
    if not key:
        raise Rejected("Card payments are not set up on this installation of DueMate.")
    return StripeProcessor(secret_key=key, api_url=settings.stripe_api_url)


PROCESSORS: dict[str, Callable[[Settings], Processor]] = {STRIPE: _stripe}


def open_processor(settings: Settings, name: str = STRIPE) -> Processor:
    """A processor for one use. Raises Rejected if this installation has no key for it."""
    return PROCESSORS[name](settings)


def takes_real_money(settings: Settings) -> bool:
    """Whether our key is a live one; events of the other mode are none of our business."""
    return settings.stripe_secret_key.get_secret_value().startswith(("sk_live_", "rk_live_"))
