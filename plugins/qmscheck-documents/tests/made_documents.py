"""Documents made for the tests: Word files with python-docx, PDF files written by hand."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
from qmscheck_documents import qmscheck_readers

from qmscheck import Extract, Request, Rows, Unread

Row = dict[str, str | None]

_LOCK = b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)


def read(
    path: Path, root: Path | None = None, *, cache: Path | None = None, templates: tuple[str, ...] = ()
) -> tuple[list[Extract], list[Unread]]:
    """Read a path with the reader of the plugin."""
    options = {"templates": templates} if templates else {}
    request = Request("documents", path, options, dt.date(2026, 11, 20), path.parent, root or path.parent, cache=cache)
    found = list(qmscheck_readers()[0].read(request))
    return [one for one in found if isinstance(one, Extract)], [one for one in found if isinstance(one, Unread)]


def records(
    path: Path, root: Path | None = None, *, cache: Path | None = None, templates: tuple[str, ...] = ()
) -> tuple[list[Row], list[Row]]:
    """Give the rows of `documents` and of `passages`; each has its line in `line`."""
    tables: list[list[Row]] = []
    for extract in read(path, root, cache=cache, templates=templates)[0]:
        assert isinstance(extract.content, Rows)
        rows: list[Row] = []
        for batch in extract.content.batches:
            assert batch.rows is not None
            for n, cells in enumerate(zip(*batch.columns, strict=True)):
                rows.append({**dict(zip(extract.columns, cells, strict=True)), "line": str(batch.rows[n])})
        tables.append(rows)
    return (tables[0], tables[1]) if tables else ([], [])


def roles(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Give (role, text) of each passage."""
    return [(str(row["role"]), str(row["text"])) for row in rows]


def word(build: object = None) -> bytes:
    """Give a Word file; `build` is called with the python-docx document."""
    document = docx.Document()
    if callable(build):
        build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf(
    pages: Sequence[str],
    *,
    info: str = "",
    picture: Sequence[int] = (),
    note: str = "",
    locked: bool = False,
    turned: int = 0,
) -> bytes:
    """Give a PDF file. Each page is a content stream; pages in `picture` show an image over the whole page.

    `turned` is the angle at which pages are shown.
    `note` is text that stands in an annotation of every page, as filled form fields do; `locked` asks for a password.
    """
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    )
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        image + b"\nstream\n\x80\nendstream",
        f"<< {info} >>".encode("latin-1"),
    ]
    shown = f"BT /F 11 Tf 4 6 Td ({note}) Tj ET".encode("cp1252")
    objects += [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 400 20] /Resources << /Font << /F 3 0 R >> >> /Length %d >>"
        b"\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /Type /Annot /Subtype /Stamp /Rect [72 400 472 420] /F 4 /AP << /N 6 0 R >> >>",
    ]
    annotations = b" /Annots [7 0 R]" if note else b""
    kids = []
    for number, page in enumerate(pages, 1):
        stream = (f"q 612 0 0 792 0 0 cm /Im Do Q\n{page}" if number in picture else page).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Rotate %d /Resources << /Font << /F 3 0 R >> /XObject << /Im 4 0 R >> >>%s >>"
            % (len(objects), turned, annotations)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _assembled(objects, _LOCK if locked else b"")


def lines(*texts: str, size: int = 11, top: int = 700, step: int = 14) -> str:
    """Give a content stream that shows lines of text one below the other."""
    shown = []
    for n, text in enumerate(texts):
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        shown.append(f"BT /F {size} Tf 72 {top - n * step} Td ({escaped}) Tj ET")
    return "\n".join(shown)


def _assembled(objects: Sequence[bytes], lock: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        lock,
        start,
    )


def compound(streams: Mapping[str, bytes], cutoff: int = 0) -> bytes:
    """Give a compound file with these streams by path. A stream shorter than `cutoff` bytes is filled up to them, as old
    readers look for shorter ones elsewhere.

    Its directory is a list (each entry the right one of the entry before) in the order that the format asks for.
    """
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, _FREE, b""]]
    _enter(entries, 0, "", streams)
    contents = [bytes(entry[5]) for entry in entries]  # type: ignore[arg-type]
    big = [one.ljust(max(cutoff, -(-len(one) // 512) * 512), b"\0") if one else b"" for one in contents]
    chains: list[int] = []
    starts = []
    for one in big:
        starts.append(len(chains) if one else _END)
        sectors = len(one) // 512
        chains += [*range(len(chains) + 1, len(chains) + sectors), _END] if sectors else []
    folder = b""
    for number, (name, kind, right, child, _, _) in enumerate(entries):
        spelt = str(name).encode("utf-16-le")
        folder += spelt.ljust(64, b"\0") + struct.pack("<HBBIII", len(spelt) + 2, kind, 1, _FREE, right, child)
        folder += bytes(36) + struct.pack(
            "<IQ", starts[number], max(len(contents[number]), cutoff if big[number] else 0)
        )
    folder = folder.ljust(-(-len(folder) // 512) * 512, b"\0")
    first = len(chains)
    chains += [*range(first + 1, first + len(folder) // 512), _END]
    tables = 1
    while (len(chains) + tables) * 4 > tables * 512:
        tables += 1
    at = len(chains)
    table = struct.pack(f"<{at}I", *chains) + struct.pack("<I", 0xFFFFFFFD) * tables
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, tables, first, 0, cutoff, _END, 0, _END, 0, at)[:40]
    head += b"".join(struct.pack("<I", at + n) for n in range(1, tables))
    return head.ljust(512, b"\xff") + b"".join(big) + folder + table.ljust(tables * 512, b"\xff")


_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE


def _enter(entries: list[list[object]], parent: int, below: str, streams: Mapping[str, bytes]) -> None:
    """Enter what lies in a storage: names in the order of their length and then their letters."""
    names = {path[len(below) :].split("/", 1)[0] for path in streams if path.startswith(below)}
    last = None
    for name in sorted(names, key=lambda one: (len(one), one.upper())):
        number = len(entries)
        content = streams.get(below + name)
        entries.append([name, 1 if content is None else 2, _FREE, _FREE, _FREE, content or b""])
        entries[parent if last is None else last][3 if last is None else 2] = number
        last = number
        if content is None:
            _enter(entries, number, f"{below}{name}/", streams)


def old_word(text: str) -> bytes:
    """Give a file of Word 97 with one piece of text; paragraphs end with a line end. Source: [MS-DOC]."""
    words = text.replace("\n", "\r").encode("utf-16-le")
    start = 1024
    head = struct.pack(
        "<HHHHHHHIBBHHII", 0xA5EC, 0xC1, 0, 0x407, 0, 0x0200, 0xBF, 0, 0, 0, 0, 0, start, start + len(words)
    )
    numbers = [0] * 22
    numbers[0], numbers[3] = start + len(words), len(text)
    places = [0] * (93 * 2)
    pieces = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, start, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    places[66], places[67] = 0, len(table)
    head += struct.pack("<H28xH", 14, 22) + struct.pack("<22i", *numbers) + struct.pack("<H", 93)
    head += struct.pack("<186I", *places) + struct.pack("<H", 0)
    return compound({"WordDocument": head.ljust(start, b"\0") + words, "1Table": table}, 4096)


def old_slides(*slides: Sequence[str]) -> bytes:
    """Give a file of PowerPoint 97: the texts of each slide, its title first. Source: [MS-PPT]."""

    def record(kind: int, content: bytes, *, holds: bool = False) -> bytes:
        return struct.pack("<HHI", 0xF if holds else 0, kind, len(content)) + content

    listed = b""
    for number, texts in enumerate(slides):
        listed += record(0x3F3, struct.pack("<IIIII", number + 1, 0, len(texts), 256 + number, 0))
        for n, text in enumerate(texts):
            listed += record(0xF9F, struct.pack("<I", 0 if n == 0 else 1)) + record(0xFA0, text.encode("utf-16-le"))
    document = record(0x3E8, record(0xFF0, listed, holds=True), holds=True)
    persist = record(0x1772, struct.pack("<II", 1 << 20 | 1, 0))
    edit = record(0xFF5, struct.pack("<IHBBIIIIHH", 0, 0, 0, 3, 0, len(document), 1, 2, 0, 0))
    user = record(
        0xFF6,
        struct.pack("<IIIHHBBH", 0x14, 0xE391C05F, len(document) + len(persist), 0, 0x3F4, 3, 0, 0)
        + b"\0\0\0\0\x08\0\0\0",
    )
    return compound({"PowerPoint Document": document + persist + edit, "Current User": user}, 4096)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Give a zip container with these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return stream.getvalue()


_ODF = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"), ("meta", "meta"),
        ("presentation", "presentation"),
    )
)  # fmt: skip
_ODF += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def open_document(body: str, *, header: str = "", meta: str = "", automatic: str = "") -> bytes:
    """Give an OpenDocument text with this body, and these styles of its own, in XML."""
    styles = f"<office:master-styles><style:master-page><style:header><text:p>{header}</text:p></style:header></style:master-page></office:master-styles>"
    return zipped(
        {
            "content.xml": f"<office:document-content{_ODF}><office:automatic-styles>{automatic}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>".encode(),
            "styles.xml": f"<office:document-styles{_ODF}>{styles}</office:document-styles>".encode(),
            "meta.xml": f"<office:document-meta{_ODF}><office:meta>{meta}</office:meta></office:document-meta>".encode(),
        }
    )


_PML = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def slides(*shown: tuple[str, str, str]) -> bytes:
    """Give a file of PowerPoint: title, text and speaker notes of each slide; one without text shows a picture."""

    def shape(number: int, kind: str, text: str) -> str:
        return (
            f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="s"/><p:cNvSpPr/><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:spPr/>'
            f'<p:txBody><a:bodyPr/><a:p><a:r><a:rPr sz="4400"/><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>'
        )

    def relations(*targets: tuple[str, str]) -> bytes:
        told = "".join(
            f'<Relationship Id="rId{n}" Type="{_REL}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(targets, 1)
        )
        return _RELS.format(told).encode()

    def tree(name: str, shapes: str) -> bytes:
        return (
            f"<p:{name} {_PML}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id='1' name=''/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
            f"<p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:{name}>"
        ).encode()

    picture = (
        "<p:pic><p:nvPicPr><p:cNvPr id='9' name='p'/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed='rId1'/>"
        "</p:blipFill><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='9' cy='9'/></a:xfrm></p:spPr></p:pic>"
    )
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in range(1, len(shown) + 1))
    parts = {
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {_PML}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>".encode(),
        "ppt/_rels/presentation.xml.rels": relations(
            *(("slide", f"slides/slide{n}.xml") for n in range(1, len(shown) + 1))
        ),
        "ppt/media/a.png": b"\x89PNG\r\n\x1a\n",
    }
    for n, (title, text, notes) in enumerate(shown, 1):
        shapes = (
            shape(2, '<p:ph type="title"/>', title) + shape(3, '<p:ph idx="1"/>', text) if title or text else picture
        )
        parts[f"ppt/slides/slide{n}.xml"] = tree("sld", shapes)
        target = ("notesSlide", f"../notesSlides/notesSlide{n}.xml") if notes else ("image", "../media/a.png")
        parts[f"ppt/slides/_rels/slide{n}.xml.rels"] = relations(target)
        if notes:
            parts[f"ppt/notesSlides/notesSlide{n}.xml"] = tree("notes", shape(3, '<p:ph type="body" idx="1"/>', notes))
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    return zipped({"[Content_Types].xml": types.encode(), **parts})


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def hard_word() -> bytes:
    """Give a Word file with one word in capitals for each feature of Word that readers of it are known to lose."""
    from docx.oxml import parse_xml

    def run(text: str, more: str = "") -> str:
        return f'<w:r>{more}<w:t xml:space="preserve">{text}</w:t></w:r>'

    def paragraph(inside: str, more: str = "") -> str:
        return f"<w:p {_W} {more}>{inside}</w:p>"

    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    box = "<w:txbxContent><w:p>" + run("TEXTBOX") + "</w:p></w:txbxContent>"
    drawing = (
        '<w:drawing><wp:inline><wp:extent cx="1" cy="1"/><wp:docPr id="1" name="t"/><a:graphic><a:graphicData'
        ' uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:txbx>'
        f"{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    fallback = f"<w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict>"
    parts = (
        run("PLAIN ") + f'<w:ins w:id="1" w:author="a">{run("INSERTED")}</w:ins>'
        '<w:del w:id="2" w:author="a"><w:r><w:delText>DELETED</w:delText></w:r></w:del>',
        f'<w:moveFrom w:id="3" w:author="a">{run("MOVEDFROM")}</w:moveFrom>',
        f'<w:moveTo w:id="4" w:author="a">{run("MOVEDTO")}</w:moveTo>',
        run("Name: ") + f"<w:sdt><w:sdtPr/><w:sdtContent>{run('SDTINLINE')}</w:sdtContent></w:sdt>",
        f'<w:fldSimple w:instr=" DOCPROPERTY X ">{run("SIMPLEFIELD")}</w:fldSimple>',
        f"{field('begin')}<w:r><w:instrText>FIELDCODE</w:instrText></w:r>{field('separate')}{run('COMPLEXFIELD')}{field('end')}",
        run("SHOWN ") + run("HIDDEN", "<w:rPr><w:vanish/></w:rPr>"),
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>',
        f'<w:hyperlink w:anchor="x">{run("HYPERLINK")}</w:hyperlink>',
        run("BRO") + run("KEN", "<w:rPr><w:b/></w:rPr>"),
        run("SOFT\u00adHYPHEN NON\u2011BREAKING NO\u00a0SPACE"),
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + run("Click or tap here to enter text.")
        + "</w:sdtContent></w:sdt>",
    )

    def build(document: Any) -> None:
        body = document.element.body
        blocks = [paragraph(part, spaces) for part in parts]
        blocks.append(f"<w:sdt {_W}><w:sdtPr/><w:sdtContent><w:p>{run('SDTBLOCK')}</w:p></w:sdtContent></w:sdt>")
        for block in blocks:
            body.insert(len(body) - 1, parse_xml(block))
        table = document.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(0, 2)).text = "MERGED"
        table.cell(1, 0).text = "CELLONE"
        table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "NESTED"
        table.cell(1, 2).text = "CELLTHREE"
        document.add_comment(document.add_paragraph("REMARKED").runs[0], text="COMMENT", author="Ann", initials="A")
        document.sections[0].header.paragraphs[0].text = "HEADER"
        document.sections[0].footer.paragraphs[0].text = "FOOTER"

    return with_footnote(word(build))


def with_footnote(content: bytes, text: str = "FOOTNOTE") -> bytes:
    """Add a footnote to the first paragraph of a Word file: python-docx cannot."""
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    reference = b'<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:p>", reference, 1)
    note = f'<w:footnotes {_W}><w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    parts["word/footnotes.xml"] = note.encode()
    relation = f'<Relationship Id="rIdF" Type="{_REL}/footnotes" Target="footnotes.xml"/></Relationships>'.encode()
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", relation)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    return zipped(parts)
