"""What is connected, and disconnecting."""

import re

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import MAIN, SAM, SECOND, STRANGERS, TOM, XeroApp


def disconnect(app: XeroApp, connection_id: str) -> int:
    url = f"{app.sandbox.url}/xero/connections/{connection_id}"
    return app.session.delete(url, headers=app.bearer(), timeout=60).status_code


def test_a_connection_is_shown_with_dates_of_seven_decimals_and_no_zone(app: XeroApp) -> None:
    (connection,) = app.connections()
    assert (connection["tenantName"], connection["tenantType"]) == (MAIN, "ORGANISATION")
    assert connection["id"] != connection["tenantId"]
    for name in ("createdDateUtc", "updatedDateUtc"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", connection[name])


def test_the_auth_event_tells_what_one_consent_added(sandbox: SandboxClient) -> None:
    XeroApp.connected(sandbox, organisation=SECOND)
    app = XeroApp.connected(sandbox, organisation=MAIN)
    main = next(c for c in app.connections() if c["tenantName"] == MAIN)
    assert [c["tenantName"] for c in app.connections(authEventId=main["authEventId"])] == [MAIN]
    assert app.connections(authEventId="00000000-0000-0000-0000-000000000000") == []


def test_one_token_reaches_every_organisation_of_its_user(sandbox: SandboxClient) -> None:
    second = XeroApp.connected(sandbox, organisation=SECOND)
    app = XeroApp.connected(sandbox, organisation=MAIN)
    assert app.read("Organisation")["Organisations"][0]["Name"] == MAIN
    app.tenant_id = second.tenant_id
    assert app.read("Organisation")["Organisations"][0]["Name"] == SECOND


def test_consenting_again_keeps_the_connection_and_renews_its_event(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    (before,) = app.connections()
    (after,) = XeroApp.connected(sandbox).connections()
    assert after["id"] == before["id"]
    assert after["authEventId"] != before["authEventId"]
    assert after["createdDateUtc"] == before["createdDateUtc"] < after["updatedDateUtc"]


def test_deleting_a_connection_leaves_the_tokens_alive(app: XeroApp) -> None:
    assert disconnect(app, app.connections()[0]["id"]) == 204
    assert app.connections() == []
    answer = app.call("GET", "Organisation")
    assert answer.status_code == 403
    body = answer.json()
    assert body.pop("Instance")
    assert body == {"Type": None, "Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}


def test_nobody_deletes_the_connection_of_another(sandbox: SandboxClient, app: XeroApp) -> None:
    stranger = XeroApp.connected(sandbox, SAM, STRANGERS)
    assert disconnect(stranger, app.connections()[0]["id"]) == 404
    assert len(app.connections()) == 1


def test_a_stranger_reaches_no_organisation_of_others(sandbox: SandboxClient, app: XeroApp) -> None:
    stranger = XeroApp.connected(sandbox, SAM, STRANGERS)
    stranger.tenant_id = app.tenant_id
    assert stranger.call("GET", "Organisation").status_code == 403


def test_removing_the_app_in_xero_ends_everybodys_connection(sandbox: SandboxClient, app: XeroApp) -> None:
    colleague = XeroApp.connected(sandbox, TOM)
    sandbox.control("xero/disconnect")
    assert app.connections() == colleague.connections() == []
    assert colleague.call("GET", "Invoices").status_code == 403
