"""Mails in the standard format (EML), with the standard library."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.errors import MessageError
from email.message import EmailMessage

from qmscheck_documents import html, plain_text
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.letters import Attachment, Letter, put_together, quoted
from qmscheck_documents.wording import decoded, normalised

__all__ = ["parse"]

_HEAD = ("From", "To", "Cc", "Date")


def parse(content: bytes, depth: int = 0) -> Parsed | Refused:
    """Take a mail apart. `depth` says in how many mails it is attached."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(_header(message, name) for name in ("From", "Date", "Subject")):
        return Refused("corrupt", "The file is no mail.")
    return put_together(_letter(message, 0), depth)


def _letter(message: EmailMessage, depth: int) -> Letter:
    body = _body(message)
    attachments = tuple(_attachments(message, body, depth)) if depth < 5 else ()  # noqa: PLR2004
    text = _text(body) if body is not None else Parsed([])
    return Letter(
        head={name: _header(message, name) for name in _HEAD},
        subject=_header(message, "Subject"),
        day=_day(message),
        text=text,
        attachments=attachments,
    )


def _header(message: EmailMessage, name: str) -> str:
    """Give a header as text; one that its own parser cannot read is as good as absent."""
    try:
        return normalised(str(message.get(name, "")))
    except (ValueError, LookupError, IndexError, TypeError, AttributeError, MessageError):
        return ""


def _day(message: EmailMessage) -> str:
    try:
        told = message.get("Date")
        moment = getattr(told, "datetime", None)
    except (ValueError, LookupError, IndexError, TypeError, AttributeError, OverflowError, MessageError):
        return ""
    return moment.date().isoformat() if isinstance(moment, dt.datetime) else ""


def _body(message: EmailMessage) -> EmailMessage | None:
    try:
        found = message.get_body(("plain", "html"))
    except (ValueError, LookupError, TypeError, AttributeError, KeyError):
        return None
    return found if isinstance(found, EmailMessage) else None


def _bytes(part: EmailMessage) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""
    return found if isinstance(found, bytes) else b""


def _text(part: EmailMessage) -> Parsed:
    content = _bytes(part)
    try:
        words = content.decode(part.get_content_charset() or "utf-8")
    except (UnicodeDecodeError, LookupError):
        found = decoded(content)
        words = found[0] if found else ""
    if part.get_content_type() == "text/html":
        parsed = html.parse_text(words)
        return parsed if isinstance(parsed, Parsed) else Parsed([])
    parsed = plain_text.parse_text(words.replace("\r\n", "\n").replace("\r", "\n"))
    return Parsed(list(quoted(parsed.blocks)))


def _attachments(message: EmailMessage, body: EmailMessage | None, depth: int) -> list[Attachment]:
    """Give all parts that are files or mails of their own; pictures inside the text are no attachments."""
    found: list[Attachment] = []
    todo = [message]
    while todo:
        part = todo.pop(0)
        if part is body:
            continue
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0) if isinstance(part.get_payload(), list) and part.get_payload() else None
            if isinstance(inner, EmailMessage):
                letter = _letter(inner, depth + 1)
                found.append(Attachment(_name(part) or letter.subject, b"", letter))
        elif part.is_multipart():
            todo = [one for one in part.iter_parts() if isinstance(one, EmailMessage)] + todo
        elif _name(part) and not (kind.startswith("image/") and _stands_inside(part)):
            found.append(Attachment(_name(part), _bytes(part)))
    return found


def _stands_inside(part: EmailMessage) -> bool:
    """Say whether a picture is shown in the text, and is no file of its own."""
    return "Content-ID" in part or part.get_content_disposition() != "attachment"


def _name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
