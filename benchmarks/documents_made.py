"""Write the folder of `documents.py`: `python documents_made.py NUMBER FOLDER`. Run in a process of its own."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins" / "qmscheck-documents" / "tests"))

from made_documents import lines, open_document, pdf, slides, zipped

__all__ = ["write"]

#: Small words stand three times: they make up some two fifths of any text.
_SMALL = "the a of to and is in that for with by on as are be not this"
_LARGE = (
    "customer order complaint answer day week date record owner person team check delivery promise product service"
    " review result reason cause action effect change number price offer contract design test release site machine"
    " pump valve form letter call visit survey mark share target month year"
)
_WORDS = (*_SMALL.split() * 3, *_LARGE.split())
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_KINDS = ("policy", "procedure", "instruction", "minutes", "report", "record")


class _Author:
    """Writes text that nobody wrote before, the same for the same number."""

    def __init__(self, number: int) -> None:
        self._draw = random.Random(number)
        self.title = f"{self._draw.choice(_KINDS).capitalize()} {number}"

    def sentence(self) -> str:
        return " ".join(self._draw.choices(_WORDS, k=self._draw.randrange(8, 18))).capitalize() + "."

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(4))


def _pdf(author: _Author) -> bytes:
    pages = []
    for number in range(1, 11):
        shown = [lines(f"{author.title}, part {number}", size=18, top=740)]
        shown += [lines(*(author.sentence()[:90] for _ in range(5)), top=700 - 90 * n) for n in range(7)]
        pages.append("\n".join([*shown, lines(f"Version 3, page {number}", top=30)]))
    return pdf(pages)


def _docx(author: _Author) -> bytes:
    def paragraph(text: str, style: str = "") -> str:
        kind = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{kind}<w:r><w:t>{text}</w:t></w:r></w:p>"

    body = []
    for number in range(1, 9):
        body.append(paragraph(f"Part {number}", "Heading1"))
        body += [paragraph(author.paragraph()) for _ in range(6)]
        cells = "".join(f"<w:tc>{paragraph(author.sentence())}</w:tc>" for _ in range(3))
        body.append(f"<w:tbl>{f'<w:tr>{cells}</w:tr>' * 4}</w:tbl>")
    text = f"<w:document {_W}><w:body>{paragraph(author.title, 'Title')}{''.join(body)}</w:body></w:document>"
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    space = "http://schemas.openxmlformats.org"
    types = (
        f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{office}"/></Types>'
    )
    relation = (
        f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" Target="word/document.xml"'
        f' Type="{space}/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    parts = {"[Content_Types].xml": types, "_rels/.rels": relation, "word/document.xml": text}
    return zipped({name: part.encode() for name, part in parts.items()})


def _markdown(author: _Author) -> bytes:
    parts = [f"---\nversion: 2\nowner: Team\n---\n# {author.title}"]
    for number in range(1, 9):
        parts.append(f"## Part {number}")
        parts += [author.paragraph() for _ in range(6)]
        parts.append("| Step | Who |\n|---|---|\n" + "\n".join(f"| {author.sentence()} | Team |" for _ in range(4)))
    return "\n\n".join(parts).encode()


def _text(author: _Author) -> bytes:
    return "\n\n".join([author.title.upper(), *(author.paragraph() for _ in range(50))]).encode()


def _html(author: _Author) -> bytes:
    parts = "".join(f"<h2>Part {n}</h2>" + "".join(f"<p>{author.paragraph()}</p>" for _ in range(6)) for n in range(8))
    return (
        f"<html><head><title>{author.title}</title></head><body><h1>{author.title}</h1>{parts}</body></html>".encode()
    )


def _pptx(author: _Author) -> bytes:
    return slides(*((author.sentence(), author.paragraph(), "") for _ in range(15)))


def _odt(author: _Author) -> bytes:
    parts = "".join(f"<text:h>Part {n}</text:h>" + f"<text:p>{author.paragraph()}</text:p>" * 6 for n in range(8))
    return open_document(f"<text:h>{author.title}</text:h>{parts}")


def _rtf(author: _Author) -> bytes:
    parts = "".join(rf"\pard {author.paragraph()}\par" for _ in range(50))
    return rf"{{\rtf1\ansi\pard\outlinelevel0 {author.title}\par {parts}}}".encode()


def _eml(author: _Author) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", author.title
    message.set_content("\n\n".join(author.paragraph() for _ in range(10)))
    message.add_attachment(_html(author), maintype="text", subtype="html", filename="form.html")
    return message.as_bytes()


#: Of a hundred documents so many are of a kind.
_MIX: tuple[tuple[str, int, Callable[[_Author], bytes]], ...] = (
    ("pdf", 35, _pdf), ("docx", 25, _docx), ("md", 10, _markdown), ("txt", 8, _text), ("html", 7, _html),
    ("pptx", 5, _pptx), ("odt", 4, _odt), ("rtf", 3, _rtf), ("eml", 3, _eml),
)  # fmt: skip


def write(number: int, folder: Path) -> None:
    """Write so many documents; the folder appears when all are there."""
    made = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    kinds = [(suffix, make) for suffix, times, make in _MIX for _ in range(times)]
    for n in range(number):
        suffix, make = kinds[n * 37 % len(kinds)]
        author = _Author(n)
        (made / f"{author.title.casefold()}.{suffix}").write_bytes(make(author))
    made.rename(folder)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
