"""What the web server imports: the application on this process's settings."""

from app.kit.ground import Ground
from app.kit.log import configure_log
from app.kit.settings import load_settings
from app.tasks.bell import use_bell
from app.web.application import create_app

_settings = load_settings()
configure_log(level=_settings.log_level, as_json=_settings.is_production)
use_bell(_settings.redis_url.get_secret_value())
application = create_app(Ground.from_settings(_settings))
