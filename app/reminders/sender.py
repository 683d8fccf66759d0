"""Where customers' replies go: the business's own address, sealed on its row."""

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import Tenant

REPLY_TO_COLUMN = "tenant.reply_to"


def reply_to_of(tenant: Tenant, sealer: Sealer) -> str | None:
    """The address that a reminder's replies go to, or None while the business has given none."""
    if tenant.reply_to_sealed is None:
        return None
    return sealer.open(tenant.reply_to_sealed, column=REPLY_TO_COLUMN, row=tenant.id)


def set_reply_to(session: Session, ground: Ground, address: str) -> None:
    """Keep the address; an empty one takes it away. Raises Rejected if it is not a valid address."""
    tenant = session.get_one(Tenant, tenant_of(session))
    if not address.strip():
        tenant.reply_to_sealed = None
        return
    try:
        valid = validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as invalid:
        raise Rejected("That is not a valid e-mail address, such as accounts@example.com.") from invalid
    tenant.reply_to_sealed = ground.sealer(session).seal(valid, column=REPLY_TO_COLUMN, row=tenant.id)
