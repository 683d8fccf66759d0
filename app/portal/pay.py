"""`/pay/<token>`: what is open, one large button, and the way to the processor's page and back."""

from decimal import Decimal
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.kit.errors import Disconnected, NotFound, OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.payments.checkout import hosted_page
from app.payments.checkout_choice import PaidMeanwhile, Wish
from app.payments.live_offer import BalanceUnknown, read_offer
from app.payments.offer import Offer, Standing
from app.payments.outcome import outcome
from app.payments.pay_way import agreed
from app.payments.selection import Complaint, Selection, select
from app.portal.answers import Answers, Payer
from app.portal.pay_form import said_amounts, typed_amounts
from app.portal.speech import Speech
from app.portal.view import invoices_page, notice_frame, thanks_page

_log = get_log("portal")

_STATUS = {Standing.REVOKED: 410, Standing.EXPIRED: 410}
# How often the page of thanks looks again by itself before it leaves that to the payer.
_MOST_LOOKS = 12
_LOOK_SECONDS = 5


def add_routes(pages: Blueprint, ground: Ground, answers: Answers) -> None:
    """GET shows and makes nothing; POST opens the payment page; done says what is known."""

    @pages.get("/pay/<token>")
    def pay(token: str) -> AnyResponse:
        payer = answers.payer(token)
        return _show(ground, answers, payer) if payer else answers.unknown()

    @pages.post("/pay/<token>")
    def go_to_payment(token: str) -> AnyResponse:
        payer = answers.payer(token)
        return _go(ground, answers, payer, token) if payer else answers.unknown()

    @pages.get("/pay/<token>/done")
    def done(token: str) -> AnyResponse:
        payer = answers.payer(token)
        return _thank(ground, answers, payer, token) if payer else answers.unknown()


def _show(ground: Ground, answers: Answers, payer: Payer) -> Response:
    try:
        return _offer_page(answers, payer.speech, read_offer(ground, payer.place))
    except NotFound:
        return answers.unknown()
    except BalanceUnknown as unknown:
        return _cannot_check(answers, payer, unknown)


def _offer_page(
    answers: Answers, speech: Speech, offer: Offer, *, asked_again: Selection | None = None
) -> Response:
    if offer.standing in (Standing.PAYABLE, Standing.NO_CARDS):
        return _invoices(answers, speech, offer, asked_again or Selection())
    status = _STATUS.get(offer.standing, 200)
    return answers.page(offer.standing.value, speech, status=status, **notice_frame(offer, speech))


def _invoices(answers: Answers, speech: Speech, offer: Offer, selection: Selection) -> Response:
    """The open invoices; what was typed stays where only an amount has to be mended."""
    is_faulty = selection.complaint is Complaint.FAULTY
    typed = request.form.to_dict(flat=False) if is_faulty else None
    values = invoices_page(offer, speech, typed=typed, faults=selection.faults)
    notice = selection.complaint.value if selection.complaint else ""
    return answers.page("invoices", speech, status=422 if is_faulty else 200, **values, notice=notice)


def _cannot_check(answers: Answers, payer: Payer, unknown: BalanceUnknown) -> Response:
    _log.warning("offer.unreadable", tenant=str(payer.place.tenant_id), reason=unknown.reason)
    return answers.cannot_check(payer.speech, unknown.after, **notice_frame(unknown.frame, payer.speech))


def _go(ground: Ground, answers: Answers, payer: Payer, token: str) -> AnyResponse:
    try:
        offer = read_offer(ground, payer.place)
    except NotFound:
        return answers.unknown()
    except BalanceUnknown as unknown:
        return _cannot_check(answers, payer, unknown)
    shown, typed = said_amounts(request.form.getlist("invoice")), typed_amounts(request.form)
    selection = select(offer, shown, typed)
    if selection.complaint or offer.standing is not Standing.PAYABLE:
        return _offer_page(answers, payer.speech, offer, asked_again=selection)
    terms, total = offer.surcharges.get(selection.currency), sum(selection.amounts.values(), Decimal())
    way = agreed(terms, total, way=request.form.get("way", ""), shown=request.form.get("terms", ""))
    if way is None:
        return _offer_page(answers, payer.speech, offer, asked_again=Selection(complaint=Complaint.CHANGED))
    wish = Wish(
        payer.place,
        token,
        selection.currency,
        selection.amounts,
        offer.read_at,
        selection.parts,
        surcharge=way.surcharge,
        ways=way.ways,
    )
    return _lead_to_payment(ground, answers, payer.speech, offer, wish)


def _lead_to_payment(
    ground: Ground, answers: Answers, speech: Speech, offer: Offer, wish: Wish
) -> AnyResponse:
    try:
        return redirect(hosted_page(ground, wish), 303)
    except PaidMeanwhile:
        return answers.page("processing", speech, status=409, **notice_frame(offer, speech))
    except (Retryable, OutcomeUnknown):
        return answers.page("try_again", speech, status=503, **notice_frame(offer, speech))
    except (Rejected, Disconnected) as refused:
        _log.warning("checkout.refused", tenant=str(wish.place.tenant_id), reason=type(refused).__name__)
        return answers.page("refused", speech, status=409, **notice_frame(offer, speech))


def _thank(ground: Ground, answers: Answers, payer: Payer, token: str) -> Response:
    found = outcome(ground, payer.place, _uuid(request.args.get("checkout", "")))
    if found is None:
        return answers.unknown()
    looks = request.args.get("looks", 0, type=int)
    looks_again = found.state is None and not found.is_closed and 0 <= looks < _MOST_LOOKS
    pay_page = url_for("portal.pay", token=token)
    answer = answers.page(
        "done", payer.speech, **thanks_page(found, payer.speech), pay_page=pay_page, looks_again=looks_again
    )
    if looks_again:
        again = url_for("portal.done", token=token, checkout=request.args["checkout"], looks=looks + 1)
        answer.headers["Refresh"] = f"{_LOOK_SECONDS}; url={again}"
    return answer


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
