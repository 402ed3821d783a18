"""Slides of PowerPoint, old and new: each is a page."""

from __future__ import annotations

import io
import zipfile

from made_documents import old_slides, slides, zipped
from qmscheck_documents.blocks import Parsed
from qmscheck_documents.office import parse
from qmscheck_documents.particulars import particulars


def parsed(content: bytes) -> Parsed:
    found = parse(content)
    assert isinstance(found, Parsed)
    return found


def test_each_slide_is_a_page_its_title_a_heading_and_its_notes_are_told_apart() -> None:
    found = parsed(slides(("Review 2026", "12 complaints", ""), ("Actions", "Ann calls back", "mention Bob")))
    assert [(block.page, block.kind, block.mark, block.text) for block in found.blocks] == [
        (1, "heading", "", "Review 2026"),
        (1, "paragraph", "", "12 complaints"),
        (2, "heading", "", "Actions"),
        (2, "paragraph", "", "Ann calls back"),
        (2, "paragraph", "comment", "Speaker notes: mention Bob"),
    ]
    assert found.pages == 2


def test_large_letters_make_no_heading_on_a_slide() -> None:
    found = parsed(slides(("Title", "A large line", "")))
    assert [block.kind for block in found.blocks] == ["heading", "paragraph"]


def test_a_slide_that_only_shows_a_picture_is_named_as_scanned() -> None:
    found = parsed(slides(("One", "Text", ""), ("", "", "")))
    assert (found.pages, found.scanned) == (2, (2,))


def test_slides_of_powerpoint_97_are_read() -> None:
    found = parsed(old_slides(["Review", "12 complaints"], ["Actions", "Ann calls back"]))
    assert [(block.page, block.kind, block.text) for block in found.blocks] == [
        (1, "heading", "Review"),
        (1, "paragraph", "12 complaints"),
        (2, "heading", "Actions"),
        (2, "paragraph", "Ann calls back"),
    ]


def shape(text: str, role: str = "") -> str:
    place = f'<p:ph type="{role}" idx="1{len(role)}"/>' if role else ""
    words = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("|"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="20" name="s"/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/>{words}</p:txBody></p:sp>"
    )


def table(*rows: tuple[str, ...]) -> str:
    told = "".join(
        "<a:tr h='1'>"
        + "".join(
            f"<a:tc><a:txBody><a:bodyPr/><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in row
        )
        + "</a:tr>"
        for row in rows
    )
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="7" name="t"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
        '<p:xfrm/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblGrid/>'
        f"{told}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def deck(*shapes: str) -> bytes:
    """Give two slides with the same shapes besides their own texts."""
    with zipfile.ZipFile(io.BytesIO(slides(("Review", "one", "say hi"), ("Actions", "two", "")))) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    more = "".join(shapes).encode() + b"</p:spTree>"
    return zipped({n: p.replace(b"</p:spTree>", more) if "/slides/slide" in n else p for n, p in parts.items()})


def test_footer_number_and_date_of_slides_are_told_apart_and_stand_once() -> None:
    found = parsed(deck(shape("QP-14 | Rev. 3", "ftr"), shape("7", "sldNum"), shape("3 May 2026", "dt")))
    assert [(b.page, b.text) for b in found.blocks if b.mark == "header_footer"] == [
        (1, "QP-14"), (1, "Rev. 3"), (1, "7"), (1, "3 May 2026")
    ]  # fmt: skip
    assert particulars(found).values == {"version": "3"}


def test_a_block_of_approvals_and_labels_on_a_slide_are_read() -> None:
    block = table(("", "Prepared", "Approved"), ("Name", "Ann", "Bob"), ("Date", "2026-01-01", "2026-01-03"))
    found = parsed(deck(block, shape("Owner: Ann Lee|Version: 2")))
    assert particulars(found).values == {
        "prepared_by": "Ann",
        "prepared_on": "2026-01-01",
        "approved_by": "Bob",
        "approved_on": "2026-01-03",
        "owner": "Ann Lee",
        "version": "2",
    }
    assert [b.text for b in found.blocks if b.kind == "row" and b.page == 2] == [
        "Name; Prepared: Ann; Approved: Bob",
        "Date; Prepared: 2026-01-01; Approved: 2026-01-03",
    ]


def test_a_hidden_slide_is_read_and_says_so_like_a_hidden_sheet() -> None:
    with zipfile.ZipFile(
        io.BytesIO(slides(("Review", "one", ""), ("Old targets", "two", ""), ("", "", "")))
    ) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    parts = {n: p.replace(b"<p:sld ", b'<p:sld show="0" ') if n.endswith("slide2.xml") else p for n, p in parts.items()}
    found = parsed(zipped(parts))
    assert [(block.page, block.kind, block.text) for block in found.blocks] == [
        (1, "heading", "Review"),
        (1, "paragraph", "one"),
        (2, "heading", "Old targets (hidden)"),
        (2, "paragraph", "two"),
    ]
    assert found.notes == ("hidden slides are read, too, and called so: 2",)


def test_a_hidden_slide_without_a_title_gets_a_heading_that_says_so() -> None:
    with zipfile.ZipFile(io.BytesIO(slides(("Review", "one", "")))) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    parts = {
        n: p.replace(b"<p:sld ", b'<p:sld show="0" ').replace(b'<p:ph type="title"/>', b"") for n, p in parts.items()
    }
    assert [block.text for block in parsed(zipped(parts)).blocks] == ["Slide 1 (hidden)", "Review", "one"]
