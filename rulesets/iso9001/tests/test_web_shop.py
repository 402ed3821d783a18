"""Clause 8.2.3 for three firms: one that reviews each order, a web shop that reviews its product information, and one that does neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmscheck import record
from qmscheck.cli import main
from qmscheck.model import ObligationResult, Verdict

pytestmark = pytest.mark.unmeasured

ORDERS = "order_id,order_date,accepted_on,status,product,value,channel\n" + "".join(
    f"A{i},2026-0{i}-02,2026-0{i}-02,accepted,Pump,90,{{way}}\n" for i in range(1, 6)
)
REVIEWS = "review_id,order_id,reviewed_on,reviewer_role,result,capacity_ok\n" + "".join(
    f"R{i},A{i},2026-0{i}-01,Sales,ok,true\n" for i in range(1, 6)
)
PAGES = (
    "product_review_id,product,reviewed_on,valid_until,reviewer_role,result,can_supply\n"
    "P1,Pump,2026-01-01,2026-12-31,Sales,ok,true\n"
)
YES = (
    "obligation,answer,statement,refs,by,role,on,valid_until\n"
    "CF-8.2.3-1,yes,Three of each were looked at,orders,K. Lane,Auditor,2026-06-01,2027-06-01\n"
)


def audited(folder: Path, **tables: str) -> ObligationResult:
    """Audit a firm that hands over these tables, and give what becomes of the obligation."""
    sources = ""
    for name, text in (tables | {"attestations": YES}).items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
        sources += f'[[source]]\ntable = "{name}"\npath = "{name}.csv"\n'
    (folder / "qmscheck.toml").write_text(
        '[audit]\norganization = "A shop"\nscope = "All"\nrulesets = ["iso9001"]\nas_of = 2026-06-30\n'
        'period = { from = 2025-07-01, to = 2026-06-30 }\nselect = ["CF-8.2.3-1"]\n' + sources,
        "utf-8",
    )
    main(["audit", str(folder), "-q", "-o", f"json:{folder / 'record.json'}"])
    found = record.read((folder / "record.json").read_text("utf-8"), "record.json")
    return next(o for o in found.obligations if o.id == "CF-8.2.3-1")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "firm"
    place.mkdir()
    return place


def test_a_firm_that_reviews_each_order_needs_no_reviews_of_product_information(folder: Path) -> None:
    found = audited(folder, orders=ORDERS.format(way="phone"), contract_reviews=REVIEWS)
    assert (found.verdict, found.reason.partition(".")[0]) == (Verdict.PASS, "All rules are met")
    assert found.reason.endswith("The route each-order carries.")
    assert found.undecided == ()


def test_a_web_shop_that_reviews_its_product_information_needs_no_review_of_each_order(folder: Path) -> None:
    found = audited(folder, orders=ORDERS.format(way="web"), product_reviews=PAGES)
    assert found.verdict is Verdict.PASS
    assert found.reason.endswith("The route product-information carries.")


def test_a_firm_that_reviews_some_of_its_orders_is_not_excused_by_a_way_that_it_does_not_go(folder: Path) -> None:
    some = REVIEWS.replace("R3,A3,", "R3,A1,").replace("R4,A4,", "R4,A1,")
    found = audited(folder, orders=ORDERS.format(way="phone"), contract_reviews=some)
    assert found.verdict is Verdict.FAIL
    assert found.reason.endswith("each-order lacks CF-8.2.3-1.reviewed; product-information is not claimed.")


def test_a_list_of_reviewed_pages_does_not_make_orders_by_phone_any_better(folder: Path) -> None:
    some = REVIEWS.replace("R3,A3,", "R3,A1,").replace("R4,A4,", "R4,A1,")
    plain = audited(folder, orders=ORDERS.format(way="phone"), contract_reviews=some)
    found = audited(folder, orders=ORDERS.format(way="phone"), contract_reviews=some, product_reviews=PAGES)
    assert (found.verdict, found.grade) == (Verdict.FAIL, plain.grade)


def test_a_web_shop_that_shows_nothing_is_not_met_by_anything(folder: Path) -> None:
    assert audited(folder, orders=ORDERS.format(way="web")).verdict is Verdict.INSUFFICIENT
