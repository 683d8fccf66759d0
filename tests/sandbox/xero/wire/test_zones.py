import pytest

from sandbox.xero.wire.zones import squeezed_zone


@pytest.mark.parametrize(
    ("iana", "xeros"),
    [
        ("Europe/London", "GMTSTANDARDTIME"),
        ("America/New_York", "EASTERNSTANDARDTIME"),
        ("Pacific/Auckland", "NEWZEALANDSTANDARDTIME"),
        ("Nowhere/Land", "UTC"),
    ],
)
def test_zones_are_spelled_as_xero_does(iana: str, xeros: str) -> None:
    assert squeezed_zone(iana) == xeros
