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
    "left_alone",
    "stopped_at_gate",
    "fell_back",
    "foretold",
    "left_as_foretold",
    "late",
    "caught_up",
    "replayed",
    "seconds",
]


def test_right_figures_end_with_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    conclude([Figures(customers=44, sent=93, mirror_equals_ledger=True)])
    (line,) = capsys.readouterr().out.splitlines()
    assert list(json.loads(line)) == _NAMES
    assert json.loads(line)["sent"] == 93


def test_a_figure_that_is_off_fails_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Figures()
    figures.require(2 + 2 == 4, "arithmetic is off")
    figures.require(False, "2 payments recorded, 3 made")
    with pytest.raises(DueMateError, match="2 payments recorded, 3 made"):
        conclude([figures])
    assert json.loads(capsys.readouterr().out)["faults"] == ["2 payments recorded, 3 made"]


def test_several_ledgers_end_with_their_sum_and_each_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    conclude(
        [
            Figures(ledger="xero", sent=93, mirror_equals_ledger=True, seconds=30),
            Figures(ledger="quickbooks", sent=7, mirror_equals_ledger=True, seconds=30),
        ]
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["ledger"], told["sent"], told["mirror_equals_ledger"]) == ("both", 100, True)
    assert [each["ledger"] for each in told["ledgers"]] == ["xero", "quickbooks"]


def test_one_ledger_that_differs_fails_both(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = Figures(ledger="quickbooks")
    wrong.require(False, "1 reminders missing, 0 too many")
    with pytest.raises(DueMateError, match="quickbooks: 1 reminders missing"):
        conclude([Figures(ledger="xero", mirror_equals_ledger=True), wrong])
    assert json.loads(capsys.readouterr().out)["mirror_equals_ledger"] is False
