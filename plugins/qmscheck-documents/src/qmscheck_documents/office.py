"""Files of Word and PowerPoint, new and old, opened with office-oxide, which lives here.

What a file is, its bytes say and not its name: text in RTF or HTML that was named `.doc` is read as what it is.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any, Literal

from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.containers import OLE, encrypted_name, parts_of

__all__ = ["parse"]

_Format = Literal["docx", "pptx", "doc", "ppt"]
_FOLDERS: dict[str, _Format] = {"word/": "docx", "ppt/": "pptx"}
_STREAMS: dict[str, _Format] = {"WordDocument": "doc", "PowerPoint Document": "ppt"}
_CALLED = {"docx": "Word file", "doc": "Word file", "pptx": "PowerPoint file", "ppt": "PowerPoint file"}
_HTML = (b"<html", b"<!doctype html", b'<?xml version="1.0" encoding="utf-8"?><html')
_HEAD = 100_000
_VERSION = re.compile(rb"<(?:\w+:)?version>([^<]{1,200})</")
_PROPERTIES = {
    "title": "title",
    "category": "type",
    "content_status": "status",
    "language": "language",
    "modified": "modified",
}


def parse(content: bytes) -> Parsed | Refused:
    """Take a file of Word or PowerPoint apart."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{\\rtf"):
        from qmscheck_documents import rich_text  # noqa: PLC0415

        return rich_text.parse(content)
    if start.lower().startswith(_HTML):
        from qmscheck_documents import html  # noqa: PLC0415

        return html.parse(content)
    found = _format(content)
    return found if isinstance(found, Refused) else _parsed(content, found)


def _format(content: bytes) -> _Format | Refused:
    """Tell docx, pptx, doc and ppt by what stands in the container."""
    if content.startswith(OLE):
        if encrypted_name("EncryptedPackage") in content:
            return Refused("encrypted", "The file is protected by a password.")
        known = (kind for stream, kind in _STREAMS.items() if encrypted_name(stream) in content)
        return next(known, Refused("unsupported", "The file holds neither text of Word nor slides of PowerPoint."))
    names = parts_of(content, "Word or PowerPoint file")
    if isinstance(names, Refused):
        return names
    kinds = (kind for folder, kind in _FOLDERS.items() if any(name.startswith(folder) for name in names))
    return next(kinds, Refused("corrupt", "The file holds neither text of Word nor slides of PowerPoint."))


def _parsed(content: bytes, kind: _Format) -> Parsed | Refused:
    from qmscheck_documents import slides, word  # noqa: PLC0415
    from qmscheck_documents.prompts import without_prompts  # noqa: PLC0415

    try:
        tree = _tree(without_prompts(content) if kind == "docx" else content, kind)
        parsed = slides.parsed(tree) if kind in {"pptx", "ppt"} else word.parsed(tree)
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        if "encrypt" in str(error).casefold() or "password" in str(error).casefold():
            return Refused("encrypted", f"The {_CALLED[kind]} is protected by a password.")
        return Refused("corrupt", f"The {_CALLED[kind]} is damaged: {type(error).__name__}.")
    properties = _properties(tree.get("metadata") or {})
    # Where a file has no title, the engine offers the first heading instead.
    sections = tree.get("sections") or [{}]
    if properties.get("title") == sections[0].get("title"):
        properties.pop("title", None)
    if kind in {"docx", "pptx"} and (version := _version(content)):
        properties.setdefault("version", version)
    return replace(parsed, properties=properties)


def _version(content: bytes) -> str | None:
    """Read the version among the properties of a file, which the engine leaves out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container, container.open("docProps/core.xml") as core:
            found = _VERSION.search(core.read(_HEAD))
    except (KeyError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
    return unescape(found[1].decode("utf-8", "replace")).strip() if found else None


def _tree(content: bytes, kind: _Format) -> dict[str, Any]:
    from office_oxide import Document, OfficeOxideError  # noqa: PLC0415

    try:
        tree = json.loads(Document.from_bytes(content, kind).to_ir_json())
    except OfficeOxideError as error:
        raise ValueError(str(error)) from error
    except BaseException as error:
        # A panic of the engine is no Exception; it says only that these bytes cannot be read.
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(str(error)) from error
    return tree if isinstance(tree, dict) else {}


def _properties(metadata: Mapping[str, Any]) -> dict[str, str]:
    told = {label: str(metadata[name]) for name, label in _PROPERTIES.items() if metadata.get(name)}
    for custom in metadata.get("custom_properties") or ():
        if custom.get("name") and custom.get("value"):
            told.setdefault(str(custom["name"]), str(custom["value"]))
    return told
