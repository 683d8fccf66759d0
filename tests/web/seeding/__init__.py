"""A company with something in every state, written straight into the tables, for looking at pages."""

from tests.web.seeding.company import seed_company
from tests.web.seeding.seeded import NAMES, Seeded
from tests.web.seeding.seeder import Seeder

__all__ = ["NAMES", "Seeded", "Seeder", "seed_company"]
