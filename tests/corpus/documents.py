"""Documents that deceive, and files made to break their readers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from made_documents import lines, pdf, with_footnote, word
from made_tables import cells, ruled

from corpus.case import Case

__all__ = ["ADVERSARIAL", "CASES"]

_PASS, _FAIL, _OPEN, _MANUAL = "pass", "fail", "insufficient", "manual"

_POLICY = (
    "# Quality policy\n\n| | |\n|---|---|\n| Version | 3 |\n| Approved by | Managing director |\n| Approved on | 2026-01-12 |\n\n"
    "We live customer focus: whoever speaks with a customer answers within two days.\n"
)
_SIGNED = (
    "# Quality policy\n\nApproved by: Managing director\n\n| | Prepared | Reviewed | Approved |\n|---|---|---|---|\n"
    "| Name | Ann | Cem | {} |\n| Date | 2026-01-10 | 2026-01-11 | {} |\n\nWe live customer focus.\n"
)
_ALL = {"D-1.approved": _PASS, "D-1.whole": _PASS, "D-1.says": _MANUAL}


def _folder(files: Mapping[str, str | bytes]) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        for name, content in files.items():
            path = folder / "QM" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    return make


def _case(title: str, files: Mapping[str, str | bytes], verdicts: Mapping[str, str]) -> Case:
    return Case(title, _folder(files), verdicts, path="QM", table="documents")


def _zip(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _changed(document: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as old:
        return _zip({n: change(old.read(n)) if n == part else old.read(n) for n in old.namelist()})


def _policy_text(document: object) -> None:
    document.add_heading("Notes", 1)  # type: ignore[attr-defined]
    document.add_paragraph("We live customer focus.")  # type: ignore[attr-defined]


def _block(document: object) -> None:
    """Write a policy of Word with a block in which a column is blank."""
    document.add_heading("Quality policy", 0)  # type: ignore[attr-defined]
    table = document.add_table(3, 4)  # type: ignore[attr-defined]
    rows = (
        ("", "Erstellt", "Freigegeben", "Geprüft"),
        ("Name", "Ann", "", "Cem"),
        ("Datum", "1.1.2026", "", "2.1.2026"),
    )
    for n, row in enumerate(rows):
        for m, text in enumerate(row):
            table.cell(n, m).text = text
    document.add_paragraph("We live customer focus.")  # type: ignore[attr-defined]


def _second_table(document: object) -> None:
    for rows in ((("Version", "3"),), (("What", "How"), ("Calls", "soon"), ("Letters", "with customer focus"))):
        table = document.add_table(len(rows), 2)  # type: ignore[attr-defined]
        for n, row in enumerate(rows):
            for m, text in enumerate(row):
                table.cell(n, m).text = text
        document.add_paragraph("Next.")  # type: ignore[attr-defined]


def _unchosen(raw: bytes) -> bytes:
    """Add the line `Approved by:` with a list of names from which none was chosen."""
    shown = b"<w:sdt><w:sdtPr><w:showingPlcHdr/><w:dropDownList/></w:sdtPr><w:sdtContent><w:r><w:t>Choose an item.</w:t></w:r>"
    line = b"<w:p><w:r><w:t>Approved by: </w:t></w:r>" + shown + b"</w:sdtContent></w:sdt></w:p>"
    return raw.replace(b"<w:body>", b"<w:body>" + line, 1)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SPACES = (
    f'{_W} xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def _run(text: str, more: str = "") -> str:
    return f'<w:r>{more}<w:t xml:space="preserve">{text}</w:t></w:r>'


def _text_box(text: str) -> str:
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="1" cy="1"/><wp:docPr id="1" name="t"/><a:graphic><a:graphicData'
        ' uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:txbx><w:txbxContent>'
        f"<w:p>{_run(text)}</w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline>"
        "</w:drawing></w:r>"
    )


def _control(text: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{_run(text)}</w:sdtContent></w:sdt>"


def _changed_by(kind: str, text: str) -> str:
    shown = _run(text).replace("w:t", "w:delText") if kind == "del" else _run(text)
    return f'<w:{kind} w:id="7" w:author="Ann" w:date="2026-01-01T00:00:00Z">{shown}</w:{kind}>'


def _hard(*lines: str, cell: str, remark: str, note: str) -> bytes:
    """Give a policy of Word: lines of its own, a table within a table, a comment and a footnote."""
    from docx.oxml import parse_xml

    def build(document: Any) -> None:
        document.add_heading("Quality policy", 0)
        body = document.element.body
        for line in lines:
            body.insert(len(body) - 1, parse_xml(f"<w:p {_SPACES}>{line}</w:p>"))
        outer = document.add_table(2, 2)
        outer.cell(0, 0).text, outer.cell(0, 1).text, outer.cell(1, 0).text = "Step", "Form", "Answer"
        inner = outer.cell(1, 1).add_table(2, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text, inner.cell(1, 0).text = "Site", "Who answers", "Leeds"
        inner.cell(1, 1).paragraphs[0]._p.append(parse_xml(_control(cell).replace("<w:sdt>", f"<w:sdt {_W}>", 1)))
        document.add_comment(
            document.add_paragraph("Who speaks first?").runs[0], text=remark, author="Ann", initials="A"
        )

    return with_footnote(word(build), note)


#: What counts in the first of these stands in insertions, controls, a text box; in the second it was struck out, hidden.
_HARD_READ = _hard(
    _run("Approved by: ") + _changed_by("del", "Nobody yet") + _changed_by("ins", "Managing director"),
    _run("Approved on: ") + _control("2026-01-12"),
    _text_box("We live customer focus, as this box says."),
    cell="[Name of the person]",
    remark="customer focus?",
    note="Complaints are answered in two days.",
)
_HARD_STRUCK = _hard(
    _run("Approved by: ") + _changed_by("del", "Managing director"),
    _run("Approved on: ") + _changed_by("del", "2026-01-12"),
    _run("We answer within two days. ") + _changed_by("del", "We live customer focus."),
    _run("We live customer focus, too.", "<w:rPr><w:vanish/></w:rPr>"),
    cell="Ann",
    remark="We should write of customer focus here.",
    note="Complaints are answered in two days.",
)
_HARD_NOTE = _hard(_run("Approved by: Managing director"), cell="Ann", remark="Good.", note="We live customer focus.")


def _laughs(raw: bytes) -> bytes:
    """Let one entity stand for a hundred million letters."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 9))
    doctype = b'<!DOCTYPE w [<!ENTITY e0 "ha">' + entities + b"]>"
    return raw.replace(b"?>", b"?>" + doctype, 1).replace(b"customer focus", b"&e8;", 1)


def _outside(raw: bytes) -> bytes:
    """Let an entity stand for a file of this machine."""
    doctype = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return raw.replace(b"?>", b"?>" + doctype, 1).replace(b"customer focus", b"&x;", 1)


def _deep(raw: bytes) -> bytes:
    """Nest a hundred thousand elements."""
    opened, closed = b"<w:smartTag>" * 100_000, b"</w:smartTag>" * 100_000
    return raw.replace(b"<w:body>", b"<w:body>" + opened + closed, 1)


_WHOLE = pdf([lines("Quality policy", size=20), lines("We live customer focus.")])
_HEAD = (("Version", "3"), ("Approved by", "Managing director"), ("Approved on", "2026-01-12"))
_SAYS = lines("We live customer focus: whoever speaks with a customer answers within two days.", top=500)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
_PART = "word/document.xml"

#: Files that are to break a reader: each is named with its reason, and none costs its neighbours.
ADVERSARIAL: Mapping[str, str | bytes] = {
    "bomb.docx": _changed(word(_policy_text), _PART, lambda _raw: b"<w:document>" + b" " * (200 << 20)),
    "cut short.docx": word(_policy_text)[:3000],
    "cut short.pdf": _WHOLE[:300],
    "deep.docx": _changed(word(_policy_text), _PART, _deep),
    "deep.md": ">" * 20_000 + " customer focus\n",
    "empty.docx": b"",
    "empty.md": "",
    "empty.pdf": b"",
    "entities.docx": _changed(word(_policy_text), _PART, _laughs),
    "locked.docx": _OLE,
    "locked.pdf": pdf([lines("We live customer focus.")], locked=True),
    "mixed.pdf": pdf([lines("Quality policy", "We live customer focus."), "", ""], picture=(2, 3)),
    "not text.md": bytes(range(256)) * 20,
    "outside.docx": _changed(word(_policy_text), _PART, _outside),
    "picture.pdf": pdf(["", ""], picture=(1, 2)),
    "text.pdf": "Quality policy. We live customer focus.",
    "zip of something else.docx": _zip({"hello.txt": b"customer focus"}),
}

CASES: tuple[Case, ...] = (
    _case("an approved policy, for comparison", {"policy.md": _POLICY}, _ALL),
    _case("no document at all", {}, {"D-1.approved": _OPEN, "D-1.whole": _OPEN, "D-1.says": _OPEN}),
    _case(
        "a policy in which the name of the firm is still to fill in",
        {"policy.md": _POLICY + "\n<Company Name> listens to its customers.\n"},
        {"D-1.whole": _FAIL, "D-1.says": _MANUAL},
    ),
    _case(
        "a policy that nobody approved",
        {"policy.md": _POLICY.replace("Managing director", "").replace("2026-01-12", "")},
        {"D-1.approved": _FAIL},
    ),
    _case(
        "a policy whose block of approvals was signed by all but the one who approves",
        {"policy.md": _SIGNED.format("", ""), "head.docx": word(_block)},
        {"D-1.approved": _FAIL},
    ),
    _case(
        "words of a policy that stand in a row of the second table of a Word file",
        {"Quality policy.docx": word(_second_table)},
        {"D-1.says": _MANUAL},
    ),
    _case(
        "a policy of Word whose approver was never chosen from the list",
        {"Quality policy.docx": _changed(word(_policy_text), "word/document.xml", _unchosen)},
        {"D-1.approved": _FAIL, "D-1.whole": _FAIL, "D-1.says": _MANUAL},
    ),
    _case(
        "a hard Word file with what counts in insertions, controls, a text box and a table within a table",
        {"Quality policy.docx": _HARD_READ},
        {"D-1.approved": _PASS, "D-1.whole": _FAIL, "D-1.says": _MANUAL},
    ),
    _case(
        "a hard Word file in which what counts was struck out, hidden or remarked only",
        {"Quality policy.docx": _HARD_STRUCK},
        {"D-1.approved": _FAIL, "D-1.whole": _PASS, "D-1.says": _OPEN},
    ),
    _case(
        "a hard Word file that says in a footnote what counts",
        {"Quality policy.docx": _HARD_NOTE},
        _ALL,
    ),
    _case(
        "a policy with the mere word Approved before a name and a day",
        {"policy.md": "# Quality policy\n\nApproved: Bob Ray, 2026-01-12\n\nWe live customer focus.\n"},
        _ALL,
    ),
    _case(
        "a policy with the mere word Approved before a yes",
        {"policy.md": "# Quality policy\n\nApproved: yes\n\nWe live customer focus.\n"},
        {"D-1.approved": _FAIL, "D-1.says": _MANUAL},
    ),
    _case(
        "a policy with the mere word Approved before what may be no person",
        {"policy.md": "# Quality policy\n\nApproved: suppliers of our list only\n\nWe live customer focus.\n"},
        {"D-1.approved": _OPEN, "D-1.says": _MANUAL},
    ),
    _case(
        "a mail about a policy that somebody approved",
        {
            "mail.eml": "Subject: Quality policy\nFrom: ann@firm.example\n\nWe live customer focus.\n\nApproved by: Bob\n"
        },
        {"D-1.approved": _OPEN, "D-1.says": _OPEN},
    ),
    _case(
        "a policy with a signed block of approvals",
        {"policy.md": _SIGNED.format("Bob", "2026-01-12")},
        {"D-1.approved": _PASS, "D-1.says": _MANUAL},
    ),
    _case(
        "words that stand in a comment only",
        {"policy.md": _POLICY.replace("We live customer focus:", "<!-- customer focus -->")},
        {"D-1.says": _OPEN},
    ),
    _case(
        "words that stand in a heading and in the contents only",
        {
            "policy.md": "# Quality policy\n\n## Contents\n\n- Customer focus ........ 2\n\n## Customer focus\n\nTo be written.\n"
        },
        {"D-1.says": _OPEN},
    ),
    _case(
        "a template beside no policy",
        {
            "templates/Quality policy template.md": "# Quality policy\n\n[Company] stands for customer focus.\n\nVersion: [x]\n"
        },
        {"D-1.approved": _OPEN, "D-1.says": _OPEN},
    ),
    _case(
        "a policy that was only scanned",
        {"Quality policy.pdf": pdf([""], picture=(1,))},
        {"D-1.approved": _OPEN, "D-1.says": _OPEN},
    ),
    _case(
        "an approved policy in PDF, whose head table has no colons",
        {"Quality policy.pdf": pdf([ruled(_HEAD, width=180) + "\n" + _SAYS])},
        _ALL,
    ),
    _case(
        "the same without a single line, its values a wide gap away",
        {"Quality policy.pdf": pdf([cells(_HEAD, (72, 220), (700, 684, 668)) + "\n" + _SAYS])},
        _ALL,
    ),
    _case(
        "a PDF that nobody approved, its cell is empty",
        {"Quality policy.pdf": pdf([ruled([_HEAD[0], ("Approved by", "")], width=180) + "\n" + _SAYS])},
        {"D-1.approved": _FAIL},
    ),
    _case(
        "a PDF whose label and value run together, so that nobody can be sure",
        {"Quality policy.pdf": pdf([lines("Approved by Managing director") + "\n" + _SAYS])},
        {"D-1.approved": _OPEN},
    ),
    _case(
        "a policy with a password",
        {"Quality policy.pdf": pdf([lines("We live customer focus.")], locked=True)},
        {"D-1.approved": _OPEN, "D-1.says": _OPEN},
    ),
    _case("files made to break their readers", ADVERSARIAL, {"D-1.approved": _OPEN}),
)
