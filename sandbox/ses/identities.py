"""`CreateEmailIdentity` and what belongs to it: domains with their DKIM tokens, and whether the records were seen.

docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html. Records are published by the control door.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.ses.domains import Domain
from sandbox.ses.refusals import SesError, check_key
from sandbox.world import World


def add_routes(api: Blueprint, world: World) -> None:
    """/ses/v2/email/identities"""

    @api.post("/identities")
    def create_email_identity() -> Response:
        return _answered(world, lambda: _create(world))

    @api.get("/identities/<name>")
    def get_email_identity(name: str) -> Response:
        return _answered(world, lambda: _found(world, name).shown())

    @api.delete("/identities/<name>")
    def delete_email_identity(name: str) -> Response:
        return _answered(world, lambda: _delete(world, name))


def _answered(world: World, act: Callable[[], dict[str, Any]]) -> Response:
    try:
        with world.lock:
            check_key(request, world.ses.settings.ses_access_key_id)
            return jsonify(act())
    except SesError as refused:
        return refused.answer()


def _create(world: World) -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise SesError("BadRequestException", "The request is not JSON.")
    name = str(told.get("EmailIdentity", "")).lower()
    if "." not in name or "@" in name:
        raise SesError("BadRequestException", "Invalid domain name.")
    if name in world.ses.domains:
        raise SesError("AlreadyExistsException", f"Email identity {name} already exist.")
    tags = {str(tag["Key"]): str(tag["Value"]) for tag in told.get("Tags", [])}
    world.ses.domains[name] = Domain(name, tags)
    return world.ses.domains[name].shown()


def _delete(world: World, name: str) -> dict[str, Any]:
    _found(world, name)
    del world.ses.domains[name]
    return {}


def _found(world: World, name: str) -> Domain:
    domain = world.ses.domains.get(name)
    if domain is None:
        raise SesError("NotFoundException", f"Email identity {name} does not exist.", 404)
    return domain
