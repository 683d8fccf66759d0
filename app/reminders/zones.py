"""On whose clock a customer is written to."""

from app.kit.zones import Zones, zones_of


def zone_of(phone: str | None, country: str | None, tenant_zone: str, *, region: str | None = None) -> Zones:
    """The zones a recipient may be in; the organisation's own if nothing tells."""
    return zones_of(phone=phone, country=country, region=region) or (tenant_zone,)
