"""What is generally true of papers, as forms are filled in by cues: who wrote them, where they live, what adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from milo.builtin.predictors.field_cues import PLUGIN as CUES
from milo.builtin.tasks.fields import PLUGIN as FIELDS
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

OVER = (Field("paper", "document"),)
_SIZE, _LETTER = 10, 6
Line = str | tuple[int, str]


def said(folder: Path, part: dict[str, Any], *lines: Line) -> Any:
    """What a paper with these lines says; " | " parts a line at a wide gap, a number before it is how far in it stands."""
    words: list[list[Any]] = []
    for number, line in enumerate(lines):
        left, text = line if isinstance(line, tuple) else (20, line)
        for piece in text.split(" | "):
            for word in piece.split():
                words.append([number, left, 20 + 14 * number, _LETTER * len(word), _SIZE, word])
                left += _LETTER * len(word) + 4
            left += 60
    file = folder / "words.json"
    file.write_bytes(msgspec.json.encode(words))
    question = FIELDS.check_config(Question("form", "fields", config={"fields": [part]}), OVER)
    item = Candidate(1, {"paper": {"media": 1, "pages": 1, "sizes": [[595, 842, 1]], "words": [str(file)]}})
    found = list(CUES.predict(msgspec.structs.replace(question, shape="fields"), OVER, {"cues": {}}, None, [item]))
    return found[0].value.get(part["name"], {}).get("value") if found else None


ISSUER, ADDRESS, NUMBER = {"name": "issuer"}, {"name": "address"}, {"name": "number"}
TOTAL, NET, DATE = ({"name": name, "type": kind} for name, kind in (("total", "amount"), ("net", "amount"), ("date", "date")))
BILL: tuple[Line, ...] = ("Bill to:", "Quarry Partners Ltd", "4 Mill Lane", "Ashford 40112", "", "Invoice 7")


@pytest.mark.parametrize(
    "lines",
    [
        (*BILL, "", "Tallow Works GmbH", "Tel 0301 445566"),
        ("Quarry Ltd", "4 Mill Lane", "", "Invoice 7", "", "Sold by: Tallow Works GmbH"),
        ("Tallow Works GmbH - Long Street 9 - Ashford 40112", "", *BILL),
        ("PETER SMITH", "Tallow Works GmbH", "NO 12, LONG STREET,", "40112 ASHFORD", "RECEIPT"),
    ],
    ids=["near its telephone, not under bill to", "beside sold by", "before a dash", "over its address"],
)
def test_the_issuer_is_the_firm_that_writes(tmp_path: Path, lines: tuple[Line, ...]) -> None:
    assert said(tmp_path, ISSUER, *lines) == "Tallow Works GmbH"


def test_a_name_that_is_in_the_web_address_is_the_issuers(tmp_path: Path) -> None:
    lines = ("Wholesale goods", "Tallow Works", "", "Invoice 7", "", "mail@tallow-works.example.com")
    assert said(tmp_path, ISSUER, *lines) == "Tallow Works"


def test_an_address_is_the_lines_under_the_firm_and_ends_before_the_telephone(tmp_path: Path) -> None:
    lines = ("Tallow Works Sdn Bhd", "NO 12, LONG STREET,", "OLD TOWN,", "40112 ASHFORD", "TEL 07-3523888", "", "RECEIPT")
    assert said(tmp_path, ADDRESS, *lines) == "NO 12, LONG STREET, OLD TOWN, 40112 ASHFORD"


def test_the_total_is_what_net_and_tax_add_up_to(tmp_path: Path) -> None:
    lines = ("Item | Amount", "Rope | 450.00", "Posts | 50.00", "500.00", "100.00", "600.00", "Ref 900077001")
    assert said(tmp_path, TOTAL, *lines) == 600
    assert said(tmp_path, NET, *lines) == 500


def test_a_sign_of_money_does_not_part_a_total_from_its_label(tmp_path: Path) -> None:
    assert said(tmp_path, TOTAL, "Offer 99", "Grand Total | Rs 1939", "Paid by 2024") == 1939


def test_a_rounded_total_goes_before_the_exact_one_and_before_cash(tmp_path: Path) -> None:
    lines = ("TOTAL | 80.91", "ROUNDING | -0.01", "TOTAL INCL TAX | 80.90", "CASH | 100.00", "CHANGE | 19.10")
    assert said(tmp_path, TOTAL, *lines) == 80.9


def test_years_codes_and_rates_are_no_totals(tmp_path: Path) -> None:
    assert said(tmp_path, TOTAL, "Total on 21 April 2015 | 20 %", "Total | 202309097001", "Total | 12.00") == 12


@pytest.mark.parametrize(
    "line", ["Facture n° 2022089083", "Facture n°2022089083 du 02 Juillet 2015", "Invoice No : # 2022089083"]
)
def test_a_number_is_without_the_mark_before_it(tmp_path: Path, line: str) -> None:
    assert said(tmp_path, NUMBER, "Rue 12", line) == "2022089083"


def test_a_number_is_neither_a_label_nor_a_date(tmp_path: Path) -> None:
    lines = ("Invoice Number: | Invoice Date:", "A-5512 | 03.04.2024")
    assert said(tmp_path, NUMBER, *lines) == "A-5512"


def test_the_date_in_the_line_of_the_heading_is_the_papers(tmp_path: Path) -> None:
    assert said(tmp_path, DATE, "Facture n°77 du 02 Juillet 2015", "jusqu'au 05 Juillet 2015") == "2015-07-02"
