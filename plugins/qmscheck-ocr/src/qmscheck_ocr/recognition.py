"""A child process that reads the scanned pages of one file: `python -m qmscheck_ocr.recognition FILE LANGUAGES BYTES`.

It prints one JSON object: `pages`, each with its number and its paragraphs (text, and the mean confidence of its words
in per cent, by their letters), or `refused`. What a hostile file does, it does to this process: it may have that many
bytes of memory, and the parent stops it when its time is up.

Library of this room: pypdfium2, to draw a page; the program tesseract, to read it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["main", "paragraphs"]

#: Dots per inch at which a page is drawn: what tesseract's own documentation advises.
_RESOLUTION = 300
#: Dots of one side above which a page is drawn smaller.
_LONGEST_SIDE = 10_000
_WORD = "5"


def main() -> None:
    """Read one file and print what it says."""
    path, languages = Path(sys.argv[1]), sys.argv[2]
    _limit(int(sys.argv[3]))
    found: dict[str, object]
    try:
        pages = _pdf(path, languages) if path.suffix.casefold() == ".pdf" else _picture(path, languages)
        found = {"pages": list(pages)}
    except (OSError, ValueError, RuntimeError, MemoryError) as error:
        found = {"refused": f"{type(error).__name__}: {error}".replace(str(path), path.name)}
    sys.stdout.write(json.dumps(found))


def paragraphs(table: str) -> list[tuple[str, float]]:
    """Put the words of tesseract's table together as paragraphs, each with its mean confidence by letters, 0 to 100."""
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row.get("text") or "").strip()
        if row.get("level") == _WORD and word:
            found.setdefault((row["block_num"], row["par_num"]), []).append((word, float(row["conf"])))
    return [(" ".join(word for word, _ in words), _mean(words)) for words in found.values()]


def _mean(words: list[tuple[str, float]]) -> float:
    letters = sum(len(word) for word, _ in words)
    return round(sum(len(word) * confidence for word, confidence in words) / letters, 1)


def _pdf(path: Path, languages: str) -> Iterator[tuple[int, list[tuple[str, float]]]]:
    from pypdfium2 import PdfDocument  # noqa: PLC0415
    from qmscheck_documents.pdf import parse  # noqa: PLC0415

    content = path.read_bytes()
    parsed = parse(content)
    document = PdfDocument(content)
    for number in getattr(parsed, "scanned", ()):
        yield number, paragraphs(_recognised(["-", "-"], languages, _drawn(document[number - 1])))


def _drawn(page: Any) -> bytes:
    """Draw a page as a grey picture (PGM)."""
    scale = min(_RESOLUTION / 72, _LONGEST_SIDE / max(1.0, *page.get_size()))
    bitmap = page.render(scale=scale, grayscale=True)
    raw, width = bytes(bitmap.buffer), bitmap.width
    rows = b"".join(raw[at : at + width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
    return b"P5 %d %d 255\n" % (width, bitmap.height) + rows


def _picture(path: Path, languages: str) -> Iterator[tuple[int, list[tuple[str, float]]]]:
    yield 1, paragraphs(_recognised([str(path), "-"], languages, None))


def _recognised(places: list[str], languages: str, picture: bytes | None) -> str:
    command = ["tesseract", *places, "-l", languages, "--dpi", str(_RESOLUTION), "tsv"]
    done = subprocess.run(  # noqa: S603  (a fixed program; the names are no options)
        command, input=picture, capture_output=True, check=False, env=os.environ | {"OMP_THREAD_LIMIT": "1"}
    )
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ValueError(told[-1] if told else "tesseract gave up")
    return done.stdout.decode("utf-8", "replace")


def _limit(most: int) -> None:
    """Bound the address space, where the system can; children inherit it."""
    try:
        import resource  # noqa: PLC0415  (not on every system)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
