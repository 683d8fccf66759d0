"""What a payer can say: I have paid, I will pay on a day, something is wrong."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from urllib3 import encode_multipart_formdata

from app.kit.clock import local_date
from app.models import (
    ClaimedInvoice,
    ClaimProof,
    Dispute,
    Hold,
    HoldKind,
    HoldSource,
    Invoice,
    PaymentClaim,
    PersonTask,
    PersonTaskKind,
    Promise,
)
from app.reminders.claims import REFERENCE_COLUMN
from app.reminders.claims_proof import LARGEST_PROOF
from app.reminders.disputes import words_of
from app.web.application import create_app
from tests.payments.business import Business
from tests.portal.owing import one_invoice

HOSTILE = ("<script>alert(1)</script>", "{{ 7 * 7 }}{% raw %}", "\u202eevil\r\nSet-Cookie: a=b", "x" * 90_000)


def today(business: Business) -> date:
    return local_date(business.ground.clock.now(), "Europe/London")


def held(business: Business) -> dict[str, tuple[HoldKind, HoldSource]]:
    with business.unit() as session:
        rows = session.query(Hold).filter(Hold.lifted_at.is_(None))
        return {str(row.subject_id): (row.kind, row.source) for row in rows}


def tasks(business: Business) -> list[PersonTaskKind]:
    with business.unit() as session:
        return [row.kind for row in session.query(PersonTask).filter(PersonTask.done_at.is_(None))]


def test_the_pay_page_leads_to_three_forms_that_change_nothing_when_opened(business: Business) -> None:
    path, _, _ = one_invoice(business)
    shown = business.client.get(path).text
    for form in ("paid", "promise", "wrong"):
        assert f'href="{path}/{form}"' in shown
        answer = business.client.get(f"{path}/{form}")
        assert answer.status_code == 200
        assert answer.text.count("<button") == 1
        assert "Set-Cookie" not in answer.headers
    assert held(business) == {}
    assert tasks(business) == []


def test_a_payer_says_what_was_paid_and_sends_a_proof(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=2)
    path = business.link(customer)
    chosen = str(invoices[0].id)
    answer = business.client.post(
        f"{path}/paid",
        data={
            "invoice": [chosen],
            "day": today(business).isoformat(),
            "method": "transfer",
            "reference": "  Ref 12/77 ",
            "proof": (BytesIO(b"%PDF-1.7 proof"), "../../proof.exe"),
        },
    )
    assert answer.status_code == 200
    assert "has been told" in answer.text
    assert held(business) == {chosen: (HoldKind.CLAIMED_PAID, HoldSource.PAYER)}
    assert tasks(business) == [PersonTaskKind.CLAIM]
    with business.unit() as session:
        claim = session.query(PaymentClaim).one()
        named = session.query(ClaimedInvoice).one()
        proof = session.query(ClaimProof).one()
        opened = business.ground.sealer(session).open(
            claim.reference_sealed or b"", column=REFERENCE_COLUMN, row=claim.id
        )
    assert opened == "Ref 12/77"
    assert (str(named.invoice_id), named.balance) == (chosen, invoices[0].amount_due)
    assert (proof.kind, proof.size) == ("application/pdf", 14)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"invoice": []}, "Tick at least one"),
        ({"invoice": ["00000000-0000-0000-0000-000000000000", "nonsense"]}, "Tick at least one"),
        ({"day": "soon"}, "Choose a day"),
        ({"day": "2999-01-01"}, "day on which you paid"),
        ({"method": "barter"}, "how you paid"),
        ({"proof": (BytesIO(b"<svg onload=alert(1)>"), "a.png")}, "not a PDF, JPEG or PNG"),
        ({"proof": (BytesIO(b"%PDF-" + bytes(LARGEST_PROOF)), "a.pdf")}, "larger than 4 MB"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    business: Business, change: dict[str, object], words: str
) -> None:
    path, _, invoice = one_invoice(business)
    day = today(business).isoformat()
    good = {"invoice": [str(invoice.id)], "day": day, "method": "cash", "reference": "Kept 77"}
    body, content_type = _encoded({**good, **change})
    answer = business.client.post(f"{path}/paid", data=body, content_type=content_type)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Kept 77"' in answer.text
    assert held(business) == {}


def test_a_payer_promises_a_day(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    day = today(business) + timedelta(6)
    form = {"invoice": [str(invoice.id)], "day": day.isoformat()}
    assert "has been told" in business.client.post(f"{path}/promise", data=form).text
    with business.unit() as session:
        row = session.query(Promise).one()
    assert (row.promised_on, row.amount, row.source) == (day, invoice.amount_due, HoldSource.PAYER)
    assert held(business) == {str(invoice.id): (HoldKind.PROMISE, HoldSource.PAYER)}
    assert business.client.post(f"{path}/promise", data=form).status_code == 200
    refused = business.client.post(f"{path}/promise", data=form)
    assert (refused.status_code, "promised before" in refused.text) == (422, True)
    late = {**form, "day": (today(business) + timedelta(15)).isoformat()}
    assert "Choose a day from" in business.client.post(f"{path}/promise", data=late).text


def test_a_payer_says_what_is_wrong_and_only_that_invoice_is_left_out(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=2)
    path = business.link(customer)
    form = {"invoice": [str(invoices[1].id)], "reason": "faulty", "words": "The left door sticks."}
    assert "has been told" in business.client.post(f"{path}/wrong", data=form).text
    assert held(business) == {str(invoices[1].id): (HoldKind.DISPUTE, HoldSource.PAYER)}
    assert tasks(business) == [PersonTaskKind.DISPUTE]
    with business.unit() as session:
        row = session.query(Dispute).one()
        assert words_of(business.ground.sealer(session), row) == "The left door sticks."
    again = business.client.post(f"{path}/wrong", data=form)
    assert (again.status_code, "in dispute already" in again.text) == (422, True)
    nothing = business.client.post(f"{path}/wrong", data={"invoice": [], "reason": "faulty"})
    assert "Tick the invoice" in nothing.text
    assert "Choose what is wrong" in business.client.post(f"{path}/wrong", data={"reason": "x"}).text


def test_hostile_words_are_kept_short_and_shown_as_words(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=len(HOSTILE))
    path = business.link(customer)
    for invoice, text in zip(invoices, HOSTILE, strict=False):
        form = {"invoice": [str(invoice.id)], "reason": "other", "words": text}
        refused = business.client.post(f"{path}/wrong", data={**form, "invoice": []})
        assert "<script>alert" not in refused.text
        assert "49" not in refused.text.split()
        assert "Set-Cookie" not in refused.headers
        assert business.client.post(f"{path}/wrong", data=form).status_code == 200
    with business.unit() as session:
        words = [words_of(business.ground.sealer(session), row) for row in session.query(Dispute)]
    assert max(map(len, words)) == 2000


def test_another_customers_invoice_cannot_be_named(business: Business) -> None:
    path, customer, _ = one_invoice(business)
    with business.unit() as session:
        other = (
            session.query(Invoice).filter(Invoice.customer_id != customer.id, Invoice.state == "open").first()
        )
    assert other is not None
    form = {"invoice": [str(other.id)], "reason": "faulty"}
    assert business.client.post(f"{path}/wrong", data=form).status_code == 422
    assert held(business) == {}


def test_in_the_whole_site_a_proof_may_be_larger_than_any_other_form(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    site = create_app(business.ground).test_client()
    form = {"invoice": [str(invoice.id)], "day": today(business).isoformat(), "method": "cash"}
    proof = b"\xff\xd8\xff" + bytes(LARGEST_PROOF - 3)
    body, content_type = _encoded({**form, "proof": (BytesIO(proof), "a.jpg")})
    answer = site.post(f"{path}/paid", data=body, content_type=content_type)
    assert answer.status_code == 200
    body, content_type = _encoded({**form, "proof": (BytesIO(proof + bytes(99_000)), "a.jpg")})
    too_large = site.post(f"{path}/paid", data=body, content_type=content_type)
    assert too_large.status_code == 413
    assert site.post(f"{path}/wrong", data={"words": "x" * 300_000}).status_code == 413


def test_a_link_that_leads_nowhere_says_so(business: Business) -> None:
    for form in ("paid", "promise", "wrong"):
        assert business.client.get(f"/pay/{'A' * 43}/{form}").status_code == 404
        assert business.client.post(f"/pay/nonsense/{form}").status_code == 404


def _encoded(fields: dict[str, object]) -> tuple[bytes, str]:
    """A form with files as bytes: the test client would leave a large one open in a temporary file."""
    pairs: list[tuple[str, str | tuple[str, bytes]]] = []
    for name, given in fields.items():
        for value in given if isinstance(given, list) else [given]:
            told = (value[1], value[0].getvalue()) if isinstance(value, tuple) else str(value)
            pairs.append((name, told))
    return encode_multipart_formdata(pairs)
