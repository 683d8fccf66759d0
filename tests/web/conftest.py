"""The application on a database of its own, with three people always there: owner, teammate, stranger."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from app.kit.ground import Ground
from app.web.application import create_app
from tests.support.tenants import make_tenant, make_user
from tests.web.browser import Browser, browser
from tests.web.seeding import Seeded, seed_company


@pytest.fixture
def app(ground: Ground) -> Flask:
    return create_app(ground)


@dataclass
class House:
    """A company with something in every state, and who may see it."""

    ground: Ground
    company: Seeded
    owner: Browser
    teammate: Browser
    stranger: Browser
    nobody: Browser
    strangers_tenant: UUID

    @property
    def tenant_id(self) -> UUID:
        return self.company.tenant_id


@pytest.fixture
def house(ground: Ground, app: Flask) -> House:
    tenant_id = make_tenant(ground)
    strangers = make_tenant(ground, name="Northgate Cycles")
    company = seed_company(ground, tenant_id)
    company.member = make_user(ground, tenant_id)
    return House(
        ground=ground,
        company=company,
        owner=browser(app, make_user(ground, tenant_id)),
        teammate=browser(app, company.member),
        stranger=browser(app, make_user(ground, strangers)),
        nobody=browser(app),
        strangers_tenant=strangers,
    )
