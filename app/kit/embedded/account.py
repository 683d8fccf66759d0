"""Who PostgreSQL runs as. It refuses root, so root lends it to `nobody` of all accounts."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from app.kit.embedded.errors import EmbeddedServerError

ACCOUNT = "nobody"


@dataclass(frozen=True)
class Account:
    """The account that the server runs as; initdb needs one with an entry in passwd."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """None: run as ourselves. Only root needs another account."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and this system has no account {ACCOUNT}. Start DueMate as an "
            "ordinary user, or set DATABASE_URL to a server of your own."
        ) from None
    return Account(ACCOUNT, entry.pw_uid, entry.pw_gid)


def is_reachable(folder: Path) -> bool:
    """Whether an account with no rights of its own can enter every folder down to this one."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def give(place: Path, account: Account) -> None:
    """Make a folder of ours the account's alone."""
    place.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(place, account.uid, account.gid)
