"""A whole request: two tables, every file named, nothing raised."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_documents import compound, lines, old_slides, old_word, open_document, pdf, read, records, roles, slides, word
from qmscheck_documents.asking import DOCUMENTS, PARSERS, PASSAGES, Asked
from qmscheck_documents.blocks import Refused
from qmscheck_documents.document import examine
from qmscheck_documents.worker import answer_of, text_of

from qmscheck import UNREADABLE, QmscheckError, Rows

POLICY = """---
doc_id: QM-02
title: Quality Policy
doc_type: policy
version: 2.0
status: approved
owner: Quality manager
approver:
review_due: 12 March 2027
---
# Quality Policy

<!-- author note: ISO 9001 -->

We meet the requirements of our customers.

[TODO: sign]
"""
PARTS = (
    "---\n", "|a|b|\n|-|-|\n", "<!--", "-->", "# ", "> ", "- ", "**", "[TODO", "]", "{{", "}}", "<p>", "<br>", "....",
    "Version: 1", "\n\n", "{% comment %}", "```\n", "| x |", "[a]: b", "Example:\n\n", "Contents\n===\n",
)  # fmt: skip


def folder(root: Path) -> Path:
    qms = root / "qms"
    (qms / ".git").mkdir(parents=True)
    (qms / ".git" / "x.md").write_text("hidden")
    (qms / "policy.md").write_text(POLICY, encoding="utf-8")
    (qms / "manual.pdf").write_bytes(pdf([lines("Everybody in our house works for the customer."), ""], picture=[2]))
    (qms / "scan.pdf").write_bytes(pdf([""], picture=[1]))
    (qms / "logo.png").write_bytes(b"\x89PNG")
    (qms / "LICENSE").write_text("x")
    (qms / "empty.md").write_text(" \n")
    (qms / "big.docx").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    (qms / "minutes.docx").write_bytes(word(lambda document: document.add_paragraph("Decided: one more person.")))
    return qms


def test_a_folder_gives_documents_first_and_then_passages(tmp_path: Path) -> None:
    extracts, _ = read(folder(tmp_path))
    assert [(extract.table, extract.columns) for extract in extracts] == [
        ("documents", DOCUMENTS),
        ("passages", PASSAGES),
    ]
    assert [file.name for file in extracts[0].files] == ["manual.pdf", "minutes.docx", "policy.md", "scan.pdf"]


def test_every_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    _, unread = read(folder(tmp_path))
    assert [(one.path.name, one.reason, one.page) for one in unread] == [
        ("LICENSE", "unsupported", None),
        ("big.docx", "lfs-pointer", None),
        ("empty.md", "empty", None),
        ("logo.png", "unsupported", None),
        ("manual.pdf", "no-text-layer", 2),
        ("scan.pdf", "no-text-layer", None),
    ]


def test_a_document_is_described_by_what_it_says_of_itself(tmp_path: Path) -> None:
    documents, _ = records(folder(tmp_path))
    policy = next(row for row in documents if row["path"] == "qms/policy.md")
    assert policy == {
        "path": "qms/policy.md",
        "title": "Quality Policy",
        "kind": "policy",
        "doc_id": "QM-02",
        "version": "2.0",
        "status": "approved",
        "owner": "Quality manager",
        "prepared_by": "not stated",
        "prepared_on": None,
        "reviewed_by": "not stated",
        "reviewed_on": None,
        "approved_by": None,
        "approved_on": None,
        "review_due": "2027-03-12",
        "language": "en",
        "pages": None,
        "words": "11",
        "text_layer": "true",
        "placeholders": "1",
        "modified_on": None,
        "sha256": hashlib.sha256(POLICY.encode()).hexdigest(),
        "contradictions": "none",
        "similar_to": None,
        "similarity": None,
        "template": None,
        "template_similarity": None,
        "line": "0",
    }


def test_what_a_scan_may_say_of_itself_is_unknown_and_not_blank(tmp_path: Path) -> None:
    qms = folder(tmp_path)
    (qms / "drawing.pdf").write_bytes(pdf([lines("Everybody works for the customer."), "", "", "", ""], picture=[3]))
    documents, _ = records(qms)
    told = {str(row["path"]): (row["approved_by"], row["version"], row["status"]) for row in documents}
    unknown = (UNREADABLE, UNREADABLE, UNREADABLE)
    assert told["qms/scan.pdf"] == told["qms/manual.pdf"] == unknown
    assert told["qms/drawing.pdf"] == (None, None, "not stated")
    assert [extract.marked for extract in read(qms)[0]] == [True, False]


def test_a_scanned_document_is_listed_without_a_text_layer(tmp_path: Path) -> None:
    documents, _ = records(folder(tmp_path))
    assert {row["path"]: row["text_layer"] for row in documents}["qms/scan.pdf"] == "false"


def test_passages_have_roles_and_places(tmp_path: Path) -> None:
    _, passages = records(folder(tmp_path))
    policy = [row for row in passages if row["document"] == "qms/policy.md"]
    assert roles(policy) == [
        ("heading", "Quality Policy"),
        ("comment", "author note: ISO 9001"),
        ("content", "We meet the requirements of our customers."),
        ("placeholder", "[TODO: sign]"),
    ]
    assert [(row["passage_id"], row["paragraph"], row["line"]) for row in policy][2] == ("qms/policy.md#3", "3", "15")
    assert {row["document_kind"] for row in policy} == {"policy"}
    assert [row["page"] for row in passages if row["document"] == "qms/manual.pdf"] == ["1"]


def test_a_single_file_is_read_alone(tmp_path: Path) -> None:
    documents, _ = records(folder(tmp_path) / "policy.md", root=tmp_path)
    assert [row["path"] for row in documents] == ["qms/policy.md"]


def test_an_empty_folder_and_a_missing_one_are_named(tmp_path: Path) -> None:
    assert [one.reason for one in read(tmp_path)[1]] == ["empty"]
    assert [one.reason for one in read(tmp_path / "none")[1]] == ["missing"]


def test_an_encoding_that_was_guessed_is_noted(tmp_path: Path) -> None:
    text = "Wir prüfen die Größe und Qualität für jeden Kunden; Maßnahmen folgen später."
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))
    extracts, _ = read(tmp_path, tmp_path)
    assert extracts[0].notes == ("a.txt: read as cp1252",)


def test_two_readings_give_the_same_records(tmp_path: Path) -> None:
    path = folder(tmp_path)
    assert records(path) == records(path)


def test_being_listed_imports_no_library() -> None:
    code = (
        "import sys, qmscheck_documents as q; q.qmscheck_readers();"
        "print([m for m in ('pypdfium2', 'office_oxide', 'markdown_it', 'charset_normalizer', 'zipfile') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def _build(document: Any) -> None:
    document.add_heading("Purpose", 1)
    document.add_table(2, 2).cell(0, 0).text = "Version"


WHOLE = {
    "a.pdf": pdf([lines("We answer every complaint.")]),
    "a.docx": word(_build),
    "a.pptx": slides(("Review", "12 complaints", "notes")),
    "a.doc": old_word("Purpose\nWe answer every complaint.\n"),
    "a.ppt": old_slides(["Review", "12 complaints"]),
    "a.odt": open_document("<text:h>Purpose</text:h><text:p>We answer.</text:p>", header="x"),
    "a.msg": compound({"__properties_version1.0": bytes(64), "__substg1.0_1000001F": "It leaks".encode("utf-16-le")}),
    "a.rtf": rb"{\rtf1\ansi{\header x}\pard\intbl Version\cell 2\cell\row\pard We {\b answer}\u228?.\par}",
    "a.eml": b"From: a\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n",
    "a.html": b"<h1>a</h1><table><tr><td>b<td><input value=c></table><!-- d --><p>e",
    "a.adoc": b"= T\n:v: 1\n\n|===\n|a|b\n|===\n\n----\nx\n----\n",
}


def well_behaved(name: str, content: bytes) -> None:
    """Examine here and not in a worker, which would cost more than the reading; see test_workshop for workers."""
    found = answer_of(text_of(examine(Asked(name, name, Path(name).suffix, content))))
    if isinstance(found, Refused):
        assert found.reason
        assert found.detail.endswith(".")
        return
    columns = (found.lines, found.on_pages, found.headings, found.cells, found.roles, found.languages)
    assert {len(column) for column in columns} == {len(found.texts)}
    for cell in (*found.document, *found.headings, *found.cells, *found.roles, *found.texts):
        assert cell is None or cell.encode("utf-8") is not None


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from([f"a{suffix}" for suffix in sorted(PARSERS)]), content=st.binary(max_size=400))
def test_any_bytes_give_records_or_a_reason(name: str, content: bytes) -> None:
    well_behaved(name, content)


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(["a.md", "a.txt"]),
    parts=st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from(PARTS)),
        max_size=25,
    ),
)
def test_any_text_gives_records_or_a_reason(name: str, parts: list[str]) -> None:
    well_behaved(name, "".join(parts).encode("utf-8", errors="surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 20000), junk=st.binary(min_size=1, max_size=20), name=st.sampled_from(sorted(WHOLE)))
@example(place=2636, junk=b"\x01", name="a.odt")  # the directory of a zip that begins before the file does
def test_a_damaged_file_gives_records_or_a_reason(place: int, junk: bytes, name: str) -> None:
    whole = WHOLE[name]
    at = place % len(whole)
    well_behaved(name, whole[:at] + junk + whole[at + len(junk) :])
    well_behaved(name, whole[:at])


@pytest.mark.parametrize(
    "text", ["> " * 3000 + "x", "[" * 20000, "${" * 20000, "." * 50000, "<a" * 20000, "- " * 2000 + "x"]
)
def test_text_made_to_slow_a_reader_down_is_read_in_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    (tmp_path / "a.txt").write_text(text)
    documents, _ = records(tmp_path, tmp_path)
    assert len(documents) == 2


def test_a_document_that_states_no_status_and_nobody_who_made_it_says_so_and_of_a_scan_nobody_knows(
    tmp_path: Path,
) -> None:
    documents, _ = records(folder(tmp_path))
    assert {row["path"]: row["status"] for row in documents} == {
        "qms/manual.pdf": UNREADABLE,
        "qms/minutes.docx": "not stated",
        "qms/policy.md": "approved",
        "qms/scan.pdf": UNREADABLE,
    }
    assert {row["path"]: (row["prepared_by"], row["reviewed_by"]) for row in documents} == {
        "qms/manual.pdf": (UNREADABLE, UNREADABLE),
        "qms/minutes.docx": ("not stated", "not stated"),
        "qms/policy.md": ("not stated", "not stated"),
        "qms/scan.pdf": (UNREADABLE, UNREADABLE),
    }


HEAD = """# {title}

| | |
|---|---|
| Approved by | Managing director |
| Checked by | |

We keep our word.
"""


@pytest.mark.parametrize(
    ("title", "marks", "role"),
    [("Quality policy", "0", "header_footer"), ("Complaint form", "1", "placeholder")],
)
def test_a_blank_approval_is_a_missing_particular_in_a_policy_and_a_blank_to_fill_in_a_form(
    tmp_path: Path, title: str, marks: str, role: str
) -> None:
    (tmp_path / "a.md").write_text(HEAD.format(title=title), encoding="utf-8")
    (document,), parts = records(tmp_path)
    assert (document["placeholders"], document["approved_by"]) == (marks, "Managing director")
    assert [part["role"] for part in parts if part["text"] == "Checked by: (blank)"] == [role]


def test_a_row_of_the_approval_table_without_name_and_date_is_a_missing_particular(tmp_path: Path) -> None:
    table = "| Step | Name | Date |\n|---|---|---|\n| Prepared by | Ann | 2026-01-02 |\n| Checked by | | |\n"
    (tmp_path / "policy.md").write_text(f"# Policy\n\n{table}\nWe keep our word.\n", encoding="utf-8")
    (document,), _ = records(tmp_path)
    assert document["placeholders"] == "0"


def test_a_blank_in_the_text_of_a_policy_stays_a_placeholder(tmp_path: Path) -> None:
    table = "| Version | 2 |\n|---|---|\n| Owner | Ann |\n| Scope of our promise | |\n"
    (tmp_path / "policy.md").write_text(f"# Policy\n\n{table}", encoding="utf-8")
    (document,), _ = records(tmp_path)
    assert document["placeholders"] == "1"


FORM = "# {0}\n\n" + "\n\n".join(
    f"Question {n}: was order {n} delivered on the day that was promised?" for n in range(12)
)


def likenesses(path: Path, **more: Any) -> list[tuple[str | None, ...]]:
    documents, _ = records(path, **more)
    return [tuple(row[name] for name in ("path", "kind", "similar_to", "similarity", "template")) for row in documents]


def test_a_record_that_equals_its_template_names_it(tmp_path: Path) -> None:
    qms = tmp_path / "qms"
    qms.mkdir()
    (qms / "delivery template.md").write_text(FORM.format("Check of delivery"))
    (qms / "delivery record 2026.md").write_text(FORM.format("Check of delivery"))
    assert likenesses(qms) == [
        ("qms/delivery record 2026.md", "record", None, "0", "qms/delivery template.md"),
        ("qms/delivery template.md", "template", "qms/delivery record 2026.md", "1", None),
    ]


def test_templates_may_be_declared_and_lie_elsewhere(tmp_path: Path) -> None:
    qms, forms = tmp_path / "qms", tmp_path / "forms"
    for folder in (qms, forms):
        folder.mkdir()
        (folder / "check.md").write_text(FORM.format("Check of delivery"))
    (qms / "blank.md").write_text(FORM.format("Check of delivery"))
    assert likenesses(qms, root=tmp_path, templates=("forms", "qms/blank.md")) == [
        ("qms/blank.md", "template", "qms/check.md", "1", "forms/check.md"),
        ("qms/check.md", "other", None, "0", "forms/check.md"),
    ]


def test_a_template_that_is_not_there_is_a_mistake_in_the_plan(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(QmscheckError, match="no file or folder 'forms'"):
        read(tmp_path, tmp_path, templates=("forms",))


def test_each_passage_tells_its_language_where_it_is_known(tmp_path: Path) -> None:
    french = (
        "Le client est informé du résultat et de la date, et une réclamation ne se ferme pas sans que nous le sachions."
    )
    english = "The customer is told of the result and of the date, and no complaint is closed before that is done."
    (tmp_path / "a.md").write_text(f"# Politique\n\n{french}\n\n{french}\n\n{english}\n", encoding="utf-8")
    extracts, _ = read(tmp_path, tmp_path)
    assert isinstance(extracts[1].content, Rows)
    (batch,) = extracts[1].content.batches
    assert batch.languages == ["fr", "fr", "fr", "en"]
    assert extracts[1].worded == "text"


def test_a_mail_about_a_policy_is_no_policy(tmp_path: Path) -> None:
    qms = tmp_path / "qms"
    qms.mkdir()
    (qms / "mail.eml").write_text("Subject: Quality policy\nFrom: ann@firm.example\n\nApproved by: Bob\n", "utf-8")
    (qms / "policy.txt").write_text("Quality policy\n\nApproved by: Bob\n", "utf-8")
    documents, _ = records(qms)
    assert [one["kind"] for one in documents] == ["record", "policy"]


def test_the_one_blank_cell_of_a_row_is_named(tmp_path: Path) -> None:
    qms = tmp_path / "qms"
    qms.mkdir()
    (qms / "form.docx").write_bytes(word(_form))
    _, passages = records(qms)
    assert [one["cell"] for one in passages] == ["table 1, row 2", "table 1, row 3, column 3"]


def _form(document: Any) -> None:
    table = document.add_table(3, 3)
    for n, row in enumerate((("Complaint", "Owner", "Closed"), ("C1", "Ann", "yes"), ("C2", "Bob", "[date]"))):
        for m, text in enumerate(row):
            table.cell(n, m).text = text
