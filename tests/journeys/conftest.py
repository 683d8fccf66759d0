"""The whole product as people meet it: all processes, real servers, the sandbox, a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.demo.idleness import wait_idle
from app.demo.running import running_product
from app.demo.site import Site
from app.demo.vendors import Vendors
from app.kit.ground import Ground
from app.supervisor import Supervisor


@dataclass(frozen=True)
class Product:
    """A running installation with its sandbox."""

    site: Site
    supervisor: Supervisor
    ground: Ground
    vendors: Vendors

    @property
    def web_url(self) -> str:
        return self.site.web_url

    @property
    def sandbox_url(self) -> str:
        return self.site.sandbox_url

    def wait_idle(self) -> None:
        """Until nothing is due, running or on its way."""
        wait_idle(self.ground, self.vendors)


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Everything started afresh on the demo company; stopped afterwards."""
    folder = tmp_path_factory.mktemp("product")
    with running_product(folder=folder, ports=(0, 0, 0), company="demo", seed=7, say=print) as running:
        ground = running.site.ground()
        yield Product(running.site, running.supervisor, ground, Vendors(running.site.sandbox_url))
        ground.database.close()
