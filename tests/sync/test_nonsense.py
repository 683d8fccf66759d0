"""A ledger whose rows make no sense here and there: the rest goes through, and the owner is told."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.connectors.refresh import store_tokens
from app.connectors.tokens import Tokens
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Connection, Invoice, SyncRun, SyncState
from app.sync.fresh import fresh_invoices
from app.sync.pull import pull
from tests.support.tenants import make_tenant

AT = "/Date(1795168800000+0000)/"


def invoice(number: str, **changes: Any) -> dict[str, Any]:
    good = {
        "Type": "ACCREC",
        "InvoiceID": f"id-{number}",
        "InvoiceNumber": number,
        "Contact": {"ContactID": "c1", "Name": "Kelp"},
        "Date": AT,
        "DueDate": AT,
        "Status": "AUTHORISED",
        "CurrencyCode": "GBP",
        "Total": 10.10,
        "AmountDue": 10.10,
        "AmountPaid": 0,
        "AmountCredited": 0,
        "UpdatedDateUTC": AT,
    }
    return {**good, **changes}


class Nonsense:
    """A ledger that answers whatever it is told to."""

    def __init__(self) -> None:
        self.invoices: list[Any] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        ledger = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer: dict[str, Any] = {"DateTimeUTC": AT, "Organisations": [{"BaseCurrency": "GBP"}]}
                if "/Invoices" in self.path:
                    answer["Invoices"] = ledger.invoices
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Door


@pytest.fixture
def ledger() -> Iterator[Nonsense]:
    served = Nonsense()
    yield served
    served.close()


@pytest.fixture
def house(make_settings: Callable[..., Settings], ground: Ground, ledger: Nonsense) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(xero_api_url=ledger.url), clock=ground.clock)
    yield built
    built.database.close()


@pytest.fixture
def tenant(house: Ground) -> UUID:
    tenant_id = make_tenant(house)
    with house.database.tenant(tenant_id) as session:
        connection = session.scalars(select(Connection)).one()
        store_tokens(house, session, connection, Tokens("a", "r", house.clock.now() + timedelta(hours=1)))
    return tenant_id


def pulled(house: Ground, tenant: UUID) -> SyncRun:
    with house.database.tenant(tenant) as session:
        connection_id = session.scalars(select(Connection.id)).one()
    pull(house, tenant, connection_id, renew=lambda: None)
    with house.database.tenant(tenant) as session:
        return session.scalars(select(SyncRun)).one()


def test_rows_of_nonsense_are_left_out_counted_and_told_and_the_rest_arrives(
    house: Ground, tenant: UUID, ledger: Nonsense
) -> None:
    ledger.invoices = [
        invoice("INV-1"),
        invoice("INV-2", CurrencyCode=None),
        invoice("INV-3", Total=-5),
        invoice("INV-4", DueDate="soon"),
        invoice("INV-5", InvoiceID=None),
        invoice("INV-6", Total={"no": "number"}),
        "not even a row",
        None,
        invoice("INV-9", Status="INVENTED"),
        invoice("BILL-1", Type="ACCPAY"),
    ]
    run = pulled(house, tenant)
    assert (run.state, run.rows_read) == (SyncState.DONE, len(ledger.invoices))
    assert run.reason is not None
    assert run.reason.startswith("7 rows were left out: Invoice INV-2 has no currency.")
    with house.database.tenant(tenant) as session:
        assert session.scalars(select(Invoice.number).order_by(Invoice.number)).all() == ["INV-1", "INV-9"]


def test_an_invoice_that_stops_making_sense_is_absent_from_a_fresh_read_and_not_taken_for_gone(
    house: Ground, tenant: UUID, ledger: Nonsense
) -> None:
    ledger.invoices = [invoice("INV-1"), invoice("INV-2")]
    pulled(house, tenant)
    with house.database.tenant(tenant) as session:
        ids = {row.number: row.id for row in session.scalars(select(Invoice))}
    ledger.invoices = [invoice("INV-1"), invoice("INV-2", AmountDue="a lot")]
    assert set(fresh_invoices(house, tenant, list(ids.values()))) == {ids["INV-1"]}
    with house.database.tenant(tenant) as session:
        assert {row.state.value for row in session.scalars(select(Invoice))} == {"open"}
