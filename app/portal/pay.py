"""`/pay/<token>`: what is open, one large button, and the way to the processor's page and back."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.kit.errors import Disconnected, NotFound, OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.payments.checkout import hosted_page
from app.payments.checkout_choice import PaidMeanwhile, Wish
from app.payments.links import LinkPlace
from app.payments.offer import Offer, Standing, read_offer
from app.payments.outcome import outcome
from app.portal.answers import Answers
from app.portal.view import invoices_page, notice_frame, said_amounts, thanks_page

_log = get_log("portal")

_UNREADABLE = (Retryable, Rejected, Disconnected)
_STATUS = {Standing.REVOKED: 410}
# How often the page of thanks looks again by itself before it leaves that to the payer.
_MOST_LOOKS = 12
_LOOK_SECONDS = 5


def add_routes(pages: Blueprint, ground: Ground, answers: Answers) -> None:
    """GET shows and makes nothing; POST opens the payment page; done says what is known."""

    @pages.get("/pay/<token>")
    def pay(token: str) -> AnyResponse:
        place = answers.place(token)
        return _show(ground, answers, place) if place else answers.unknown()

    @pages.post("/pay/<token>")
    def go_to_payment(token: str) -> AnyResponse:
        place = answers.place(token)
        return _go(ground, answers, place, token) if place else answers.unknown()

    @pages.get("/pay/<token>/done")
    def done(token: str) -> AnyResponse:
        place = answers.place(token)
        return _thank(ground, answers, place, token) if place else answers.unknown()


def _offer(ground: Ground, place: LinkPlace) -> Offer | None:
    """None if the ledger cannot be read now."""
    try:
        return read_offer(ground, place)
    except _UNREADABLE as failure:
        _log.warning("offer.unreadable", tenant=str(place.tenant_id), reason=type(failure).__name__)
        return None


def _show(ground: Ground, answers: Answers, place: LinkPlace, *, notice: str = "") -> Response:
    try:
        offer = _offer(ground, place)
    except NotFound:
        return answers.unknown()
    if offer is None:
        return answers.cannot_check()
    if offer.standing in (Standing.PAYABLE, Standing.NO_CARDS):
        return answers.page("invoices", **invoices_page(offer), notice=notice)
    status = _STATUS.get(offer.standing, 200)
    return answers.page(offer.standing.value, status=status, **notice_frame(offer))


def _go(ground: Ground, answers: Answers, place: LinkPlace, token: str) -> AnyResponse:
    offer = _offer(ground, place)
    if offer is None:
        return answers.cannot_check()
    if offer.standing is not Standing.PAYABLE:
        return _show(ground, answers, place)
    said = said_amounts(request.form.getlist("invoice"))
    if not said:
        return _show(ground, answers, place, notice="nothing_ticked")
    live = {payable.invoice_id: payable.amount for payable in offer.payables}
    if any(live.get(invoice_id) != amount for invoice_id, amount in said.items()):
        return _show(ground, answers, place, notice="changed")
    wish = Wish(place=place, token=token, amounts=said, read_at=offer.read_at)
    try:
        return redirect(hosted_page(ground, wish), 303)
    except PaidMeanwhile:
        return answers.page("processing", status=409, **notice_frame(offer))
    except (Retryable, OutcomeUnknown):
        return answers.page("try_again", status=503, **notice_frame(offer))
    except (Rejected, Disconnected) as refused:
        _log.warning("checkout.refused", tenant=str(place.tenant_id), reason=type(refused).__name__)
        return answers.page("refused", status=409, **notice_frame(offer))


def _thank(ground: Ground, answers: Answers, place: LinkPlace, token: str) -> Response:
    found = outcome(ground, place, _uuid(request.args.get("checkout", "")))
    if found is None:
        return answers.unknown()
    answer = answers.page("done", **thanks_page(found), pay_page=url_for("portal.pay", token=token))
    looks = request.args.get("looks", 0, type=int)
    if found.state is None and not found.is_closed and 0 <= looks < _MOST_LOOKS:
        again = url_for("portal.done", token=token, checkout=request.args["checkout"], looks=looks + 1)
        answer.headers["Refresh"] = f"{_LOOK_SECONDS}; url={again}"
    return answer


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
