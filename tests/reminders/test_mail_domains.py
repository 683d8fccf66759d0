"""A business's own domain by Amazon: asked for, proven, used, watched and forgotten; never another's."""

from collections.abc import Callable, Iterator

import pytest

from app.kit.errors import Rejected, Retryable
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.reminders import mail_domains
from app.web.application import create_app
from tests.channels.ses_settings import IDENTITY, ses_settings
from tests.reminders.by_amazon import ByAmazon, begin_by_amazon
from tests.reminders.journey import header
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.support.tenants import make_tenant, make_user
from tests.web.browser import Page, browser

SENDER, DOMAIN = "accounts@harbour-lane.example", "harbour-lane.example"


@pytest.fixture
def amazon(
    make_settings: Callable[..., Settings],
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
) -> Iterator[ByAmazon]:
    begun = begin_by_amazon(make_settings, sandbox_ground.settings, sandbox, receiver)
    yield begun
    receiver.forget()
    begun.ground.database.close()


@pytest.fixture
def ground(make_settings: Callable[..., Settings], sandbox: SandboxClient) -> Iterator[Ground]:
    """Organisations are tenants at Amazon here, which send only by what is theirs."""
    here = Ground.from_settings(ses_settings(make_settings, sandbox, ses_identity_arn=IDENTITY))
    yield here
    here.database.close()


def test_mails_come_from_the_domain_once_it_is_proven_and_not_before(amazon: ByAmazon) -> None:
    ground, journey = amazon.ground, amazon.journey
    mail_domains.ask(ground, journey.tenant_id, SENDER)
    first = amazon.send_one()
    assert "reminders@duemate.example" in header(amazon.mail(first), "From")
    amazon.sandbox.control(f"ses/domains/{DOMAIN}", status="SUCCESS")
    mail_domains.look(ground, journey.tenant_id)
    second = amazon.send_one()
    assert header(amazon.mail(second), "From").endswith(f"<{SENDER}>")


def test_a_tenant_at_amazon_may_send_by_its_proven_domain(ground: Ground, sandbox: SandboxClient) -> None:
    tenant_id = make_tenant(ground)
    mail_domains.ask(ground, tenant_id, SENDER)
    sandbox.control(f"ses/domains/{DOMAIN}", status="SUCCESS")
    mail_domains.look(ground, tenant_id)
    owner = browser(create_app(ground), make_user(ground, tenant_id))
    assert "Proven" in owner.page("/settings/mail").text


def test_a_domain_belongs_to_one_organisation_and_ours_to_none(ground: Ground) -> None:
    mine, theirs = make_tenant(ground), make_tenant(ground, name="Northgate Cycles")
    mail_domains.ask(ground, mine, SENDER)
    with pytest.raises(Rejected, match="Another organisation"):
        mail_domains.ask(ground, theirs, f"somebody@{DOMAIN.upper()}")
    with pytest.raises(Rejected, match="our own domain"):
        mail_domains.ask(ground, theirs, "somebody@duemate.example")
    with pytest.raises(Rejected, match="Forget it first"):
        mail_domains.ask(ground, mine, "accounts@other.example")
    mail_domains.forget(ground, mine)
    mail_domains.ask(ground, theirs, f"somebody@{DOMAIN}")


def test_a_domain_that_amazon_has_for_something_else_is_nobody_s_to_take(ground: Ground) -> None:
    first, second = make_tenant(ground), make_tenant(ground)
    mail_domains.ask(ground, first, SENDER)
    with ground.database.platform() as session:
        session.connection().exec_driver_sql("DELETE FROM route WHERE kind = 'mail_domain'")
    with pytest.raises(Rejected, match="in use here"):
        mail_domains.ask(ground, second, SENDER)
    with ground.database.tenant(second) as session:
        assert mail_domains.own_domain(session) is None


@pytest.mark.parametrize("fault", ["500", "429", "drop", "drop-before"])
def test_whatever_breaks_asking_again_leads_to_one_domain(
    ground: Ground, sandbox: SandboxClient, fault: str
) -> None:
    tenant_id = make_tenant(ground)
    sandbox.fault("ses", fault)
    with pytest.raises(Retryable):
        mail_domains.ask(ground, tenant_id, SENDER)
    mail_domains.ask(ground, tenant_id, SENDER)
    with ground.database.tenant(tenant_id) as session:
        row = mail_domains.own_domain(session)
        assert row is not None
        assert (row.domain, len(row.tokens)) == (DOMAIN, 3)


def test_the_page_leads_from_asking_to_forgetting(ground: Ground, sandbox: SandboxClient) -> None:
    tenant_id = make_tenant(ground)
    owner = browser(create_app(ground), make_user(ground, tenant_id))
    refused = owner.post("/settings/mail/domain", domain_sender="no address")
    assert "not a valid e-mail address" in refused.text
    assert Page(refused.text).field("domain_sender") == ["no address"], "what was typed is still there"
    owner.post("/settings/mail/domain", domain_sender=SENDER)
    page = owner.page("/settings/mail")
    assert "Waiting" in page.text
    assert page.text.count(f"._domainkey.{DOMAIN}") == 3
    assert page.text.count(".dkim.amazonses.com") == 3
    sandbox.control(f"ses/domains/{DOMAIN}", status="FAILED")
    owner.post("/settings/mail/domain/look")
    assert "Not found" in owner.page("/settings/mail").text
    owner.post("/settings/mail/domain/forget")
    assert "Ask for the records" in str(owner.page("/settings/mail").text)
