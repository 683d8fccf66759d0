"""Where the rooms meet: importing a feature's tasks registers its handlers, schedules and listeners."""

from importlib import import_module

_WITH_TASKS = (
    "app.sync.tasks",
    "app.reminders.tasks",
    "app.reminders.mail_queue",
    "app.reminders.mail_tasks",
    "app.reminders.phone_tasks",
    "app.reminders.replay_tasks",
    "app.payments.account_tasks",
    "app.payments.tasks",
    "app.payments.money_tasks",
    "app.late_fees.tasks",
    "app.tasks.tidying",
)


def load_handlers() -> None:
    """Register every handler, schedule and listener. Called once by whoever runs tasks."""
    for module in _WITH_TASKS:
        import_module(module)
