"""A worker process that does one tenant's dispatch and may be killed at any moment: run with the settings as
environment variables and the task's id as its argument."""

import sys
from uuid import UUID

from app.composition import load_handlers
from app.kit.clock import OffsetFileClock
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.tasks.worker import run_task

if __name__ == "__main__":
    settings = Settings()
    assert settings.clock_file is not None
    load_handlers()
    run_task(Ground.from_settings(settings, clock=OffsetFileClock(settings.clock_file)), UUID(sys.argv[1]))
