"""What a payer sees: always the truth of this minute, and what to do."""

from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from app.kit.tokens import new_token
from app.models import Invoice, ProcessorAccountState, Tenant
from app.payments.accounts import card_account
from app.payments.links import find_link, make_pay_link, revoke_link
from app.portal.formats import roughly
from app.portal.speech import speech_in
from tests.payments.business import Business
from tests.portal.owing import one_invoice, owes_more

NOBODYS = "01b0cb3a-d836-42d9-bce5-804767762c3e"
HOSTILE = "<script>alert(1)</script> \u202e\"';--" + "x" * 10_000


class Tags(HTMLParser):
    """Every tag of a page, and whether any of it is inline script or style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    @property
    def inline(self) -> list[str]:
        scripts = [
            tag for tag, given in self.tags if tag == "style" or (tag == "script" and "src" not in given)
        ]
        handlers = [
            name for _, given in self.tags for name in given if name.startswith("on") or name == "style"
        ]
        return scripts + handlers


def test_the_page_lists_what_is_open_with_its_sum_and_sets_no_cookie(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=2)
    answer = business.client.get(business.link(customer))
    assert answer.status_code == 200
    for invoice in invoices:
        assert invoice.number in answer.text
    total = f"£{sum(invoice.amount_due for invoice in invoices):,.2f}"
    assert f"<span data-total>{total}</span>" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    page = Tags(answer.text)
    assert page.inline == []
    boxes = [given for tag, given in page.tags if tag == "input" and given.get("type") == "checkbox"]
    assert len(boxes) == len(invoices)
    assert all("checked" in box for box in boxes)


def test_what_is_open_in_another_currency_has_a_form_of_its_own(business: Business) -> None:
    customer, [pounds, *_] = business.open_invoices()
    euros = owes_more(business, customer, currency="EUR")
    page = business.client.get(business.link(customer)).text
    assert page.index(pounds.number) < page.index(euros.number)
    assert page.count("<form") == 2
    session = business.session_of(
        business.press_pay(business.link(customer), [f"{euros.id}:{euros.amount_due}"])
    )
    [row] = [
        row
        for row in business.sandbox.get("/control/stripe/books").json()["sessions"]
        if row["id"] == session
    ]
    assert (row["currency"], row["amount_total"]) == ("eur", int(euros.amount_due * 100))


def test_one_payment_has_one_currency(business: Business) -> None:
    customer, [pounds, *_] = business.open_invoices()
    euros = owes_more(business, customer, currency="EUR")
    both = [f"{pounds.id}:{pounds.amount_due}", f"{euros.id}:{euros.amount_due}"]
    assert "The amounts have changed" in business.press_pay(business.link(customer), both).text


def test_other_customers_invoices_are_not_shown(business: Business) -> None:
    customer, _ = business.open_invoices()
    with business.unit() as session:
        others = (
            session.query(Invoice).filter(Invoice.customer_id != customer.id, Invoice.amount_due > 0).all()
        )
    page = business.client.get(business.link(customer)).text
    assert others
    assert not any(invoice.number in page for invoice in others)


def test_unticking_pays_less(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=2)
    path = business.link(customer)
    session = business.session_of(business.press_pay(path, business.ticks(path)[:1]))
    books = business.sandbox.get("/control/stripe/books").json()
    [row] = [row for row in books["sessions"] if row["id"] == session]
    assert row["amount_total"] == int(invoices[0].amount_due * 100)


def test_ticking_nothing_asks_to_tick_something(business: Business) -> None:
    customer, _ = business.open_invoices()
    answer = business.press_pay(business.link(customer), [])
    assert "No invoice is ticked" in answer.text


@pytest.mark.parametrize("nonsense", ["", "x", "1:2", f"{NOBODYS}:10", f"{NOBODYS}:NaN", f"{NOBODYS}:-5"])
def test_a_form_with_nonsense_pays_nothing(business: Business, nonsense: str) -> None:
    customer, _ = business.open_invoices()
    answer = business.press_pay(business.link(customer), [nonsense])
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert business.sandbox.get("/control/stripe/books").json()["sessions"] == []


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-1", "0", "0.01", "1e999999"])
def test_another_amount_than_the_live_balance_pays_nothing(business: Business, amount: str) -> None:
    customer, [invoice, *_] = business.open_invoices()
    answer = business.press_pay(business.link(customer), [f"{invoice.id}:{amount}"])
    assert answer.status_code == 200
    assert business.sandbox.get("/control/stripe/books").json()["sessions"] == []


def test_an_invoice_of_somebody_else_cannot_be_slipped_in(business: Business) -> None:
    customer, _ = business.open_invoices()
    with business.unit() as session:
        foreign = (
            session.query(Invoice).filter(Invoice.customer_id != customer.id, Invoice.amount_due > 0).first()
        )
    assert foreign is not None
    answer = business.press_pay(business.link(customer), [f"{foreign.id}:{foreign.amount_due}"])
    assert answer.status_code == 200
    assert "The amounts have changed" in answer.text


def test_what_was_paid_elsewhere_is_thanked_for(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    business.sandbox.control(f"xero/invoices/{invoice.number}/pay")
    answer = business.client.get(path)
    assert "Everything this link is for is paid" in answer.text
    assert "<button" not in answer.text


def test_voided_invoices_are_told_as_withdrawn(business: Business) -> None:
    customer, invoices = business.open_invoices()
    path = business.link(customer)
    for invoice in invoices:
        business.sandbox.control(f"xero/invoices/{invoice.number}/void")
    assert "There is nothing to pay" in business.client.get(path).text


def test_a_payment_on_its_way_is_not_asked_for_again(business: Business) -> None:
    path, _, _ = one_invoice(business)
    business.pay(path, method="debit")
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    answer = business.client.get(path)
    assert "is being processed" in answer.text
    assert "<button" not in answer.text


def test_a_ledger_that_cannot_be_read_shows_no_amount(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    business.sandbox.fault("xero", "503", match="GET", times=20)
    answer = business.client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "cannot be checked right now" in answer.text
    assert "come back in a minute" in answer.text
    assert "£" not in answer.text
    assert business.press_pay(path, [f"{invoice.id}:{invoice.amount_due}"]).status_code == 503


def test_a_ledger_that_is_not_asked_until_tomorrow_says_when_to_come_back(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.sandbox.fault("xero", "429", value=73_451, detail="day", times=1)
    for _ in range(2):
        answer = business.client.get(path)
        assert answer.status_code == 503
        assert 73_400 < int(answer.headers["Retry-After"]) <= 73_451
        assert "come back in 21 hours" in answer.text
        assert "£" not in answer.text
    business.sandbox.advance(seconds=73_452)
    assert "£" in business.client.get(path).text


def test_a_dead_connection_shows_no_amount_either(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.sandbox.control("xero/disconnect")
    for page in (path, f"{path}/paid"):
        answer = business.client.get(page)
        assert answer.status_code == 503
        assert "come back later" in answer.text
    assert "£" not in answer.text


def test_a_revoked_link_says_so(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    place = find_link(business.ground, path.rpartition("/")[2])
    assert place is not None
    with business.unit() as session:
        revoke_link(session, place.link_id, now=business.ground.clock.now())
    answer = business.client.get(path)
    assert answer.status_code == 410
    assert "no longer in use" in answer.text
    assert business.client.post(path).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2f..", "a" * 5000])
def test_an_unknown_link_leads_nowhere_and_names_nobody(business: Business, token: str) -> None:
    for way in ("pay", "unsubscribe"):
        for answer in (business.client.get(f"/{way}/{token}"), business.client.post(f"/{way}/{token}")):
            assert answer.status_code == 404
            assert "Harbour" not in answer.text


def test_whoever_guesses_tokens_is_slowed_down_and_a_good_link_still_works(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    answers = [business.client.get(f"/pay/{new_token()}").status_code for _ in range(35)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert business.client.get(path).status_code == 200


def test_without_a_working_card_account_the_page_says_how_to_pay(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    with business.unit() as session:
        row = card_account(session)
        assert row is not None
        row.state = ProcessorAccountState.RESTRICTED
        tenant = session.query(Tenant).one()
        tenant.reply_to_sealed = business.ground.sealer(session).seal(
            "accounts@harbour.example", column="tenant.reply_to", row=tenant.id
        )
    answer = business.client.get(path)
    assert invoice.number in answer.text
    assert "Please pay the way your invoice says" in answer.text
    assert "mailto:accounts@harbour.example" in answer.text
    assert "<button" not in answer.text
    assert business.press_pay(path, [f"{invoice.id}:{invoice.amount_due}"]).status_code == 200


def test_hostile_names_do_no_harm(business: Business) -> None:
    customer, _ = business.open_invoices()
    with business.unit() as session:
        session.query(Tenant).one().name = HOSTILE
    answer = business.client.get(business.link(customer))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert Tags(answer.text).inline == []


def test_a_form_may_lead_on_to_the_payment_page_and_nothing_is_inline(business: Business) -> None:
    customer, _ = business.open_invoices()
    policy = business.client.get(business.link(customer)).headers["Content-Security-Policy"]
    origin = urlsplit(business.sandbox.url)
    assert f"form-action 'self' https: {origin.scheme}://{origin.netloc}" in policy
    assert "unsafe" not in policy


def test_a_link_holds_its_token_as_a_hash_only(business: Business) -> None:
    customer, _ = business.open_invoices()
    with business.unit() as session:
        url = make_pay_link(
            session,
            business.ground,
            customer_id=customer.id,
            currency="GBP",
            reminder_id=None,
            now=business.ground.clock.now(),
        )
        token = url.rpartition("/")[2]
        stored = session.connection().exec_driver_sql("SELECT token_hash FROM pay_link").scalars().all()
        routes = session.connection().exec_driver_sql("SELECT outside_key FROM route").scalars().all()
    assert len(token) == 43
    assert token not in " ".join([*stored, *routes])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "in a minute"),
        (60, "in a minute"),
        (61, "in 2 minutes"),
        (5_400, "in 90 minutes"),
        (5_401, "in 2 hours"),
    ],
)
def test_a_wait_is_told_in_words_that_are_never_too_early(seconds: int, words: str) -> None:
    assert roughly(timedelta(seconds=seconds), speech_in("en")) == words
