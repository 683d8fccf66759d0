"""Each organisation is a tenant of its own at SES: its bounces and complaints are its own, and so is a pause.

docs.aws.amazon.com/ses/latest/dg/tenants.html: a tenant may send only by the identity and the configuration set
that are associated with it. That an unknown one is refused as `NotFoundException` is assumed from the API's model.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError

from app.kit.settings import Settings


def tenant_name(tenant_id: UUID) -> str:
    """What the organisation is called at Amazon."""
    return f"duemate-{tenant_id}"


def ensure_tenant(client: Any, settings: Settings, tenant_id: UUID) -> None:
    """Make the tenant with what it sends by; whatever is there already is left as it is. Raises ClientError."""
    name = tenant_name(tenant_id)
    _unless_there(partial(client.create_tenant, TenantName=name))
    for arn in _resources(settings):
        _let_send_by(client, name, arn)


def associate(client: Any, settings: Settings, tenant_id: UUID, arn: str) -> None:
    """Let the tenant, made if need be, send by one more identity. Raises ClientError."""
    ensure_tenant(client, settings, tenant_id)
    _let_send_by(client, tenant_name(tenant_id), arn)


def _let_send_by(client: Any, name: str, arn: str) -> None:
    _unless_there(partial(client.create_tenant_resource_association, TenantName=name, ResourceArn=arn))


def _resources(settings: Settings) -> list[str]:
    identity = settings.ses_identity_arn
    if not settings.ses_configuration_set:
        return [identity]
    owner = identity.partition(":identity/")[0]
    return [identity, f"{owner}:configuration-set/{settings.ses_configuration_set}"]


def _unless_there(make: Callable[[], object]) -> None:
    try:
        make()
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "AlreadyExistsException":
            raise
