"""What a payer can tell the business: I have paid, I will pay on a day, something is wrong.

A GET shows and changes nothing. A POST keeps what was said, holds the invoices it is about and asks the business
to look. None of it changes what is owed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import HoldSource, PayLink
from app.payments.live_offer import BalanceUnknown, read_offer
from app.payments.offer import Offer, Payable, Standing
from app.portal.answers import Answers, Payer
from app.portal.formats import day
from app.portal.speech import Speech
from app.portal.tell_form import Slip, read_claim, read_complaint, read_day
from app.portal.view import notice_frame, tell_page
from app.reminders import claims, disputes, promises
from app.reminders.claims_proof import LARGEST_PROOF
from app.reminders.promises import PAYER_MAY_WAIT, Word
from app.reminders.unkept import WordUnkept

# A proof, and some room for the words beside it. Other forms are small.
LARGEST_BODIES = {"portal.say_paid": LARGEST_PROOF + 64 * 1024}
_TELLABLE = (Standing.PAYABLE, Standing.NO_CARDS)


@dataclass(frozen=True)
class _Visit:
    """One payer at one form."""

    ground: Ground
    payer: Payer
    offer: Offer

    def ticked(self) -> list[Payable]:
        """The invoices that are ticked and still open."""
        chosen = set(request.form.getlist("invoice"))
        return [payable for payable in self.offer.payables if str(payable.invoice_id) in chosen]


_Keep = Callable[[_Visit, Session], None]


def add_routes(pages: Blueprint, ground: Ground, answers: Answers) -> None:
    """Three forms below the pay page."""

    def page(token: str, form: str, keep: _Keep) -> Response:
        payer = answers.payer(token)
        return _answer(ground, answers, payer, form, keep) if payer else answers.unknown()

    @pages.route("/pay/<token>/paid", methods=["GET", "POST"])
    def say_paid(token: str) -> Response:
        return page(token, "say_paid", _keep_claim)

    @pages.route("/pay/<token>/promise", methods=["GET", "POST"])
    def say_when(token: str) -> Response:
        return page(token, "say_when", _keep_promise)

    @pages.route("/pay/<token>/wrong", methods=["GET", "POST"])
    def say_wrong(token: str) -> Response:
        return page(token, "say_wrong", _keep_complaint)


def _answer(ground: Ground, answers: Answers, payer: Payer, form: str, keep: _Keep) -> Response:
    place, speech = payer.place, payer.speech
    try:
        offer = read_offer(ground, place)
    except NotFound:
        return answers.unknown()
    except BalanceUnknown as unknown:
        return answers.cannot_check(speech, unknown.after, **notice_frame(unknown.frame, speech))
    if offer.standing not in _TELLABLE:
        status = 410 if offer.standing in (Standing.REVOKED, Standing.EXPIRED) else 200
        return answers.page(offer.standing.value, speech, status=status, **notice_frame(offer, speech))
    if request.method == "GET":
        return _form(answers, speech, offer, form)
    try:
        with ground.database.tenant(place.tenant_id) as session:
            keep(_Visit(ground, payer, offer), session)
    except (Slip, Rejected, NotFound) as refused:
        return _form(answers, speech, offer, form, complaint=_complaint(refused, speech))
    return answers.page("told", speech, **notice_frame(offer, speech), form=form)


def _complaint(refused: Slip | Rejected | NotFound, speech: Speech) -> str:
    """What to say differently, in the payer's words."""
    slips = speech.words["slips"]
    match refused:
        case Slip():
            return slips[refused.name]
        case WordUnkept():
            days = {name: day(each, speech.locale) for name, each in refused.days.items()}
            return slips[refused.why.value].format(**days)
        case _:
            return slips["not_open" if isinstance(refused, NotFound) else "unkept"]


def _form(answers: Answers, speech: Speech, offer: Offer, form: str, *, complaint: str = "") -> Response:
    status = 422 if complaint else 200
    values = tell_page(offer, speech, last_day=offer.today + PAYER_MAY_WAIT)
    return answers.page(form, speech, status=status, **values, complaint=complaint, typed=request.form)


def _keep_claim(visit: _Visit, session: Session) -> None:
    """One claim for each currency, because money of two currencies arrives as two payments."""
    link = session.get_one(PayLink, (tenant_of(session), visit.payer.place.link_id))
    ticked = visit.ticked()
    for currency in sorted({payable.currency for payable in ticked}) or [link.currency]:
        said = read_claim(
            request.form,
            request.files.get("proof"),
            customer_id=link.customer_id,
            currency=currency,
            ticked=[payable for payable in ticked if payable.currency == currency],
        )
        now = visit.ground.clock.now()
        claims.claim(session, visit.ground.sealer(session), said, today=visit.offer.today, now=now)


def _keep_promise(visit: _Visit, session: Session) -> None:
    promised_on, ticked = read_day(request.form), visit.ticked()
    if not ticked:
        raise Slip("nothing_to_pay_later")
    for payable in ticked:
        word = Word(payable.invoice_id, promised_on, None, HoldSource.PAYER)
        promises.promise(session, word, today=visit.offer.today, now=visit.ground.clock.now())


def _keep_complaint(visit: _Visit, session: Session) -> None:
    reason, words, ticked = *read_complaint(request.form), visit.ticked()
    if not ticked:
        raise Slip("nothing_wrong")
    sealer, now = visit.ground.sealer(session), visit.ground.clock.now()
    for payable in ticked:
        complaint = disputes.Complaint(payable.invoice_id, reason, words, HoldSource.PAYER)
        disputes.open_dispute(session, sealer, complaint, now=now)
