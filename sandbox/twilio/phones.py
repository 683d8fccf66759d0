"""The page of phones and the JSON list that tests judge by."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.twilio.messages import shown
from sandbox.twilio.state import Text
from sandbox.twilio.writing_back import write_back
from sandbox.world import World

PER_PAGE = 100


def add_routes(twilio: Blueprint, world: World) -> None:
    """/twilio/phones and /twilio/phones/api/messages."""

    @twilio.get("/phones")
    def phones() -> str:
        wanted = request.args.get("number", "").strip()
        with world.lock:
            found = [text for text in reversed(world.twilio.texts()) if _is_about(text, wanted)]
        return render_template(
            "phones.html",
            texts=found[:PER_PAGE],
            count=len(found),
            wanted=wanted,
            app_url=world.settings.app_url,
        )

    @twilio.post("/phones/answer")
    def answer() -> Response:
        with world.lock:
            write_back(
                world.twilio,
                sender=request.form["from"],
                to=request.form["to"],
                body=request.form.get("body", ""),
            )
        return redirect("/twilio/phones", 303)

    @twilio.get("/phones/api/messages")
    def messages() -> list[dict[str, Any]]:
        """Oldest first; `to` keeps one recipient's, with or without `whatsapp:`."""
        wanted = request.args.get("to", "")
        with world.lock:
            found = [text for text in world.twilio.texts() if _is_about(text, wanted)]
            return [
                shown(text) | {"history": list(text.history), "content_sid": text.template} for text in found
            ]


def _is_about(text: Text, wanted: str) -> bool:
    return not wanted or wanted in text.to or wanted in text.sender
