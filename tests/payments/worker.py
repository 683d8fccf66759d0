"""A worker process that does what is due and ends: something a test can kill for real."""

from app.kit.ground import Ground
from app.kit.settings import load_settings
from tests.support.tasks import run_due

if __name__ == "__main__":
    ground = Ground.from_settings(load_settings(), pool_size=2)
    run_due(ground)
    ground.database.close()
