"""SNS's public addresses: its certificate, and where a subscription is confirmed."""

from flask import Blueprint, Response, abort, request

from sandbox.ses.sns import CERTIFICATE_PATH, certificate
from sandbox.world import World


def add_routes(ses: Blueprint, world: World) -> None:
    """/ses/sns/..."""

    @ses.get(CERTIFICATE_PATH.removeprefix("/ses"))
    def pem() -> Response:
        return Response(certificate(), content_type="application/x-pem-file")

    @ses.get("/sns/confirm")
    def confirm() -> Response:
        publisher = world.ses.publisher
        with world.lock:
            if not publisher.token or request.args.get("Token") != publisher.token:
                abort(400, "The token is not valid.")
            publisher.is_confirmed = True
        return Response("<ConfirmSubscriptionResponse/>", content_type="text/xml")
