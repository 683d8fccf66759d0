"""`CreateTenant` and `CreateTenantResourceAssociation`, as far as sending needs them."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.ses.refusals import SesError, check_key
from sandbox.ses.state import Tenant
from sandbox.world import World


def add_routes(api: Blueprint, world: World) -> None:
    """/ses/v2/email/tenants"""

    @api.post("/tenants")
    def create_tenant() -> Response:
        try:
            with world.lock:
                return jsonify(_create(world, _asked()))
        except SesError as refused:
            return refused.answer()

    @api.post("/tenants/resources")
    def associate() -> Response:
        try:
            with world.lock:
                return jsonify(_associate(world, _asked()))
        except SesError as refused:
            return refused.answer()


def _asked() -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict) or not isinstance(told.get("TenantName"), str):
        raise SesError("BadRequestException", "TenantName is missing.")
    return told


def _create(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    check_key(request, world.ses.settings.ses_access_key_id)
    name = asked["TenantName"]
    if name in world.ses.tenants:
        raise SesError("AlreadyExistsException", f"Tenant <{name}> already exists.", 400)
    world.ses.tenants[name] = Tenant(name)
    return {"TenantName": name, "TenantId": f"tn-{len(world.ses.tenants)}", "SendingStatus": "ENABLED"}


def _associate(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    check_key(request, world.ses.settings.ses_access_key_id)
    tenant = world.ses.tenants.get(asked["TenantName"])
    if tenant is None:
        raise SesError("NotFoundException", "The tenant does not exist.", 404)
    arn = str(asked.get("ResourceArn", ""))
    if arn in tenant.resources:
        raise SesError("AlreadyExistsException", "The resource is associated already.", 400)
    tenant.resources.add(arn)
    return {}
