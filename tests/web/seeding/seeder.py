"""Everything that can be written for one tenant."""

from tests.web.seeding.late_fee_rows import LateFeeRows
from tests.web.seeding.money_rows import MoneyRows
from tests.web.seeding.reminder_rows import ReminderRows
from tests.web.seeding.word_rows import WordRows


class Seeder(ReminderRows, MoneyRows, LateFeeRows, WordRows):
    """Rows of every family."""
