"""Which language a payer is answered in, and that an amount typed in it is what is paid."""

from decimal import Decimal

from tests.payments.business import Business
from tests.portal.owing import one_invoice, take_parts


def test_a_payer_abroad_reads_and_types_as_at_home(business: Business) -> None:
    path, customer, invoice = one_invoice(business)
    take_parts(business)
    assert '<html lang="en">' in business.client.get(path).text
    with business.unit() as session:
        session.merge(customer).country_code = "DE"
    shown = business.client.get(path).text
    assert '<html lang="de">' in shown
    assert "Ihre offene Rechnung" in shown
    assert 'name="decimal_mark" value=","' in shown
    part = (invoice.amount_due / 4).quantize(Decimal("0.01"))
    form = {
        "invoice": f"{invoice.id}:{invoice.amount_due}",
        "decimal_mark": ",",
        f"part-{invoice.id}": f"{part}".replace(".", ","),
    }
    assert business.client.post(path, data=form).status_code == 303
    books = business.sandbox.get("/control/stripe/books").json()
    assert [row["amount_total"] for row in books["sessions"]] == [int(part * 100)]
    refused = business.client.post(f"{path}/promise", data={"day": "2999-01-01", "invoice": str(invoice.id)})
    assert (refused.status_code, "Wählen Sie einen Tag vom" in refused.text) == (422, True)
    assert "Keine Erinnerungen" in business.client.get(path.replace("/pay/", "/unsubscribe/")).text
