"""Read the folder of `documents.py`: `python documents_read.py plain|own|alone FOLDER [CACHE]`, in a fresh process.

`plain` asks the libraries for the bare text of each file, one after the other, and throws it away. `own` reads the
folder as an audit does, up to the two tables; `alone` with one worker. Prints pages, passages, and the peak memory in
MiB of this process and of the largest of its children. Like the command, it seldom looks for garbage, and ends without
taking down what it made piece by piece, whichever way it reads.
"""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
import os
import resource
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

__all__ = ["main"]

_TEMPORARY = Path("/nowhere")


def main(arguments: list[str]) -> None:
    """Read, and print what it came to."""
    how, folder = arguments[0], Path(arguments[1])
    place = Path(arguments[2]) if len(arguments) > 2 else None
    pages, parts = _plain(folder) if how == "plain" else _own(folder, place, alone=how == "alone")
    own, children = (
        resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"pages": pages, "passages": parts, "memory": own, "children": children}))


def _own(folder: Path, place: Path | None, *, alone: bool) -> tuple[int, int]:
    from qmscheck_documents import reading  # noqa: PLC0415

    from qmscheck import Begun, Request, Rows, Unread  # noqa: PLC0415

    if alone:  # there are two else
        from qmscheck_documents import workshop  # noqa: PLC0415

        workshop.Workshop.__init__.__kwdefaults__["workers"] = 1
    request = Request("documents", folder, {}, dt.date(2026, 11, 20), _TEMPORARY, folder, cache=place)
    tables = [one for one in reading.read(request) if not isinstance(one, Begun)]
    if any(isinstance(one, Unread) for one in tables) or len(tables) != 2:
        raise SystemExit("a document was not read")
    pages = parts = 0
    for one in tables:
        if not isinstance(one, Unread) and isinstance(one.content, Rows):
            for batch in one.content.batches:
                cells = dict(zip(one.columns, batch.columns, strict=True))
                pages += sum(int(number or 1) for number in cells["pages"]) if one.table == "documents" else 0
                parts += len(batch.columns[0]) if one.table == "passages" else 0
    return pages, parts


def _plain(folder: Path) -> tuple[int, int]:
    pages = length = 0
    for file in sorted(folder.iterdir()):
        found, text = _READERS[file.suffix](file.read_bytes())
        pages, length = pages + found, length + len(text)
    return pages, length


def _pdf(content: bytes) -> tuple[int, str]:
    from pypdfium2 import PdfDocument  # noqa: PLC0415

    document = PdfDocument(content)
    texts = []
    for page in document:
        text = page.get_textpage()
        texts.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return len(texts), "".join(texts)


def _office(kind: str) -> Callable[[bytes], tuple[int, str]]:
    def read(content: bytes) -> tuple[int, str]:
        from office_oxide import Document  # noqa: PLC0415

        document = Document.from_bytes(content, kind)
        tree = json.loads(document.to_ir_json())
        return (len(tree["sections"]) if kind == "pptx" else 1), document.plain_text()

    return read


@cache
def _parser() -> object:
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark").enable("table")


def _markdown(content: bytes) -> tuple[int, str]:
    tokens = _parser().parse(content.decode())  # type: ignore[attr-defined]
    return 1, "".join(token.content for token in tokens)


def _html(content: bytes) -> tuple[int, str]:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    body = LexborHTMLParser(content.decode()).body
    return 1, body.text() if body is not None else ""


def _odt(content: bytes) -> tuple[int, str]:
    import zipfile  # noqa: PLC0415
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return 1, "".join(ET.fromstring(container.read("content.xml")).itertext())


def _eml(content: bytes) -> tuple[int, str]:
    from email import message_from_bytes, policy  # noqa: PLC0415

    parts = message_from_bytes(content, policy=policy.default).walk()
    return 1, "".join(str(part.get_content()) for part in parts if not part.is_multipart())


def _text(content: bytes) -> tuple[int, str]:
    return 1, content.decode()


_READERS: dict[str, Callable[[bytes], tuple[int, str]]] = {
    ".pdf": _pdf, ".docx": _office("docx"), ".pptx": _office("pptx"), ".md": _markdown, ".html": _html, ".odt": _odt,
    ".eml": _eml, ".txt": _text, ".rtf": _text,
}  # fmt: skip

if __name__ == "__main__":
    gc.set_threshold(50_000, 20, 20)
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)
