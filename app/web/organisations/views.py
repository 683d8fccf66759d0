"""The list of organisations, and the switch."""

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.web.here import ground
from app.web.organisations.queries import organisations_of
from app.web.session import switch_to

pages = Blueprint("organisations", __name__, template_folder="templates")


@pages.get("/organisations")
def listing() -> str:
    return render_template(
        "organisations/listing.html", organisations=organisations_of(ground(), g.tenant_ids)
    )


@pages.post("/switch/<uuid:tenant>")
def switch(tenant: UUID) -> Response:
    switch_to(tenant)
    return redirect(url_for("today.page"), 303)
