"""What a reviewer would have to look for in every change: money in floats, files that grew, things left behind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_MONEY = re.compile(
    r"(?:^|_)(?:amount|total|balance|fee|price|paid|owed|owing|money)s?(?:$|_)(?!delay|seconds)"
)
# Seconds, and the rate of exchange that Stripe tells as a JSON number beside its amounts.
_MAKES_FLOATS = {
    "app/kit/clock.py",
    "app/supervisor/undertaker.py",
    "sandbox/clock.py",
    "sandbox/control/wishes.py",
    "sandbox/stripe/balance.py",
}
_MOST_LINES = 250
_MOST_LINES_OF_A_FUNCTION = 50
_LEFT_BEHIND = re.compile(
    r"\b(?:T[O]DO|FIX[M]E|X[X]X)\b|^(?:<{7}|>{7}) |\bbreakpoint\(|/(?:home|root|work|Users)/\w", re.MULTILINE
)
_VAGUE_NAMES = re.compile(r"(?:^|_)(?:helpers?|utils?|managers?|misc)(?:$|_)")
_WRITTEN = {".py", ".md", ".html", ".css", ".js", ".toml", ".txt", ".yml", ".ini"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("app", "sandbox"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def _float_for_money(node: ast.AST) -> str | None:
    """The name of money that is typed or given as a float by this node."""
    match node:
        case ast.arg(arg=name, annotation=kind) if kind and _names_float(kind):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if _names_float(kind):
            pass
        case ast.keyword(arg=str(name), value=ast.Constant(value=float())):
            pass
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=float())):
            pass
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=float()), *_]):
            return "Decimal of a float"
        case _:
            return None
    return name if _MONEY.search(name.lower()) else None


def _names_float(annotation: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "float" for part in ast.walk(annotation))


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("def pay(amount: float) -> None: ...", True),
        ("total_due: float | None = None", True),
        ("charge(fee=0.3)", True),
        ("balance = 1.5", True),
        ("Decimal(0.1)", True),
        ("def pay(amount: Decimal, seconds: float) -> None: ...", False),
        ("Decimal('0.1')", False),
        ("feedback = 0.5", False),
    ],
)
def test_a_float_for_money_would_be_noticed(line: str, is_one: bool) -> None:
    assert any(_float_for_money(node) for node in ast.walk(ast.parse(line))) == is_one


def test_money_is_never_a_float() -> None:
    found = [
        f"{place}:{getattr(node, 'lineno', '?')} {name}"
        for place, module in _modules()
        for node in ast.walk(module)
        if (name := _float_for_money(node))
    ]
    assert found == []


def test_floats_are_made_where_no_money_is() -> None:
    makers = {
        place
        for place, module in _modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    }
    assert makers - _MAKES_FLOATS == set()


def test_files_have_one_meaning() -> None:
    lines = {
        path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines())
        for folder in ("app", "sandbox")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {place for place, count in lines.items() if count > _MOST_LINES} == set()


def test_functions_are_short() -> None:
    found = {
        f"{place} {node.name}"
        for place, module in _modules()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= _MOST_LINES_OF_A_FUNCTION
    }
    assert found == set()


def _kept_files() -> list[Path]:
    """Whatever people write here."""
    folders = ("app", "sandbox", "tests", "bench", "tools", "docs", "migrations", ".ci")
    found = [*ROOT.iterdir(), *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    return [path for path in found if path.is_file() and path.suffix in _WRITTEN]


def test_nothing_is_left_behind() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {left[0]!r}"
        for path in _kept_files()
        if (left := _LEFT_BEHIND.search(path.read_text()))
    ]
    assert found == []


def test_files_are_named_after_what_they_mean() -> None:
    assert [path for path in _kept_files() if path.suffix == ".py" and _VAGUE_NAMES.search(path.stem)] == []
