"""The HTML page: whole, self-contained, safe with hostile text, and readable by everyone."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from records import HOSTILE, LONG_PATH, full_record, ready_record, undecided_record

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import GRAVITY, AuditException, AuditRecord, Location
from qmscheck.report import order, wording
from qmscheck.report.page import render

FULL = full_record()
RECORDS = [FULL, ready_record(), undecided_record()]
_VOID = {"meta", "br", "link", "img", "input", "hr"}


class _Page(HTMLParser):
    """Reads a page strictly: every tag that opens must close, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    def all(self, *names: str) -> list[tuple[str, dict[str, str | None]]]:
        return [(tag, attributes) for tag, attributes in self.tags if tag in names]


def _text(record: AuditRecord = FULL) -> str:
    return render(record, RenderOptions())


def _words(record: AuditRecord = FULL) -> str:
    return " ".join(" ".join(_Page(_text(record)).words).split())


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.gate.result.value)
def test_every_tag_is_closed_in_order(record: AuditRecord) -> None:
    assert _Page(_text(record)).all("main", "header", "footer")


def test_the_page_asks_nothing_of_the_network() -> None:
    text = _text()
    page = _Page(text)
    assert all(not attributes.get("src") for _, attributes in page.tags)
    assert all((attributes["href"] or "").startswith("#") for _, attributes in page.tags if "href" in attributes)
    assert page.all("link", "img", "iframe", "object") == []
    assert "url(" not in text
    assert "@import" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_hostile_text_stays_text() -> None:
    text = _text()
    assert "<script>alert" not in text
    assert "<b>internal" not in text
    assert html.escape("<script>alert('x')</script>", quote=False).replace("'", "&#39;") in text
    assert len(_Page(text).all("script")) == 1


def test_only_the_page_s_own_script_may_run() -> None:
    text = _text()
    script = text.partition("<script>")[2].partition("</script>")[0]
    expected = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{expected}'" in text
    assert "default-src 'none'" in text
    assert not re.search(r"\son[a-z]+=", text)


def test_every_link_leads_to_a_place_on_the_page() -> None:
    page = _Page(_text())
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = {(attributes["href"] or "").removeprefix("#") for _, attributes in page.all("a")}
    assert len(links) > 3
    assert links <= ids


def test_a_condition_decided_by_something_else_than_an_obligation_is_no_link() -> None:
    gate = FULL.gate.model_copy(
        update={"conditions": (FULL.gate.conditions[0].model_copy(update={"decided_by": ("orders",)}),)}
    )
    assert "Decided by orders</td>" in _text(FULL.model_copy(update={"gate": gate})).replace("  ", " ")


def test_ids_stand_once() -> None:
    ids = [attributes["id"] for _, attributes in _Page(_text()).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.gate.result.value)
def test_headings_go_down_one_step_at_a_time(record: AuditRecord) -> None:
    levels = [int(tag[1]) for tag, _ in _Page(_text(record)).all("h1", "h2", "h3", "h4", "h5")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_has_a_language_landmarks_and_table_headers() -> None:
    page = _Page(_text())
    assert page.all("html")[0][1]["lang"] == "en"
    assert [len(page.all(name)) for name in ("header", "main", "footer")] == [1, 1, 1]
    assert all(attributes.get("scope") in {"col", "row", "rowgroup"} for _, attributes in page.all("th"))
    labelled = {attributes["aria-labelledby"] for _, attributes in page.all("section")}
    assert labelled <= {attributes.get("id") for _, attributes in page.all("h2")}


def test_each_verdict_is_told_in_words_and_not_by_colour_alone() -> None:
    words = _words()
    for verdict in GRAVITY:
        assert wording.PLAIN[verdict] in words
        assert wording.MEANINGS[verdict] in words
    assert "not met: major" in words


def test_text_has_enough_contrast_on_its_ground() -> None:
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", _text()))
    for name in ("ink", "soft", "link", "fail", "error", "insufficient", "manual", "pass", "outside"):
        assert _contrast(colours[name], colours["wash"]) >= 4.5
        assert _contrast(colours[name], "#ffffff") >= 4.5


def test_the_page_holds_all_of_the_record() -> None:
    words = _words()
    squeezed = "".join(words.split())
    for finding in FULL.findings:
        told = (finding.rule, finding.reason, finding.statement, finding.fingerprint, finding.criterion)
        for text in (*told, finding.to_pass or "", *(e.key for e in finding.exceptions)):
            assert "".join(wording.clean(text).split()) in squeezed
    for obligation in FULL.obligations:
        assert obligation.reason in words
        assert wording.clean(obligation.question or "") in words
    for limit in FULL.limits:
        assert limit.detail in words
    for one in FULL.evidence:
        assert (one.sha256 or "not read: missing") in words
    assert FULL.rulesets[0].digest in words
    assert LONG_PATH in words


def test_hundreds_of_places_are_folded_away_and_counted() -> None:
    words = _words()
    assert "Where: 312 places, the first 25 here" in words
    assert "275 more places" in words
    assert "12 more places, which the audit record does not list." in words


def test_a_document_that_is_itself_the_record_is_named_once_and_an_open_finding_begins_with_its_reason() -> None:
    place = Location(path="qms/policy.docx")
    exception = AuditException(key="qms/policy.docx", state="unmet", location=place)
    finding = FULL.finding("CF-9.1.2-1.asked").model_copy(update={"exceptions": (exception,), "exceptions_total": 1})
    words = _words(FULL.model_copy(update={"findings": (finding,)}))
    assert words.count("qms/policy.docx") == 1
    assert "the file itself" in words
    assert words.index(finding.reason) < words.index(finding.statement)


def test_the_filter_is_hidden_without_its_script() -> None:
    page = _Page(_text())
    assert "hidden" in page.all("form")[0][1]
    cards = [attributes for _, attributes in page.all("details") if "data-verdict" in attributes]
    assert [card["data-verdict"] for card in cards] == [o.verdict.value for o in order.by_gravity(FULL)]
    assert cards[2]["data-clauses"] == '["4.4.1", "ISO 9000 definition of customer"]'


def test_the_page_says_that_findings_are_proposals() -> None:
    assert _words(ready_record()).count(wording.PROPOSAL) == 2


def test_a_record_without_limits_says_so() -> None:
    assert "Everything that the criteria ask for was examined." in _words(ready_record())


def test_a_hostile_id_breaks_neither_link_nor_page() -> None:
    obligation = FULL.obligations[1].model_copy(update={"id": f'"> {HOSTILE}', "clauses": (f'"> {HOSTILE}',)})
    page = _Page(_text(FULL.model_copy(update={"obligations": (obligation,), "findings": ()})))
    assert len(page.all("script")) == 1


def _contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
