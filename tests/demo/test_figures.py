"""A figure that is off fails the demo, and the line of JSON says which."""

import json

import pytest

from app.demo.commands import conclude
from app.demo.figures import Figures
from app.kit.errors import DueMateError

_NAMES = [
    "ledger",
    "customers",
    "invoices",
    "held",
    "sent",
    "paid",
    "written_back",
    "fees_booked",
    "mirror_equals_ledger",
    "seconds",
]


def test_right_figures_end_with_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    conclude(Figures(customers=44, sent=93, mirror_equals_ledger=True))
    (line,) = capsys.readouterr().out.splitlines()
    assert list(json.loads(line)) == _NAMES
    assert json.loads(line)["sent"] == 93


def test_a_figure_that_is_off_fails_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Figures()
    figures.require(2 + 2 == 4, "arithmetic is off")
    figures.require(False, "2 payments recorded, 3 made")
    with pytest.raises(DueMateError, match="2 payments recorded, 3 made"):
        conclude(figures)
    assert json.loads(capsys.readouterr().out)["faults"] == ["2 payments recorded, 3 made"]
