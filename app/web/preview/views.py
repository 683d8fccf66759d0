"""The page of what is to come."""

from functools import partial

from flask import Blueprint, render_template, request, url_for

from app.web.here import now, workspace
from app.web.preview.coming import DAYS, coming_weeks

pages = Blueprint("preview", __name__, template_folder="templates")

_LONGEST_SEARCH = 100


@pages.get("/coming")
def page() -> str:
    search = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    with workspace() as session:
        found = coming_weeks(session, now=now(), search=search, page=request.args.get("page", 1, type=int))
    address = partial(url_for, "preview.page", q=search or None)
    return render_template(
        "preview/page.html",
        weeks=found,
        days=DAYS,
        search=search,
        address=lambda number: address(page=number),
    )
