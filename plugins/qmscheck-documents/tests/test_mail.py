"""Mails: head, text and attachments, which are read like files."""

from __future__ import annotations

from email.message import EmailMessage

from made_documents import lines, pdf, word
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.mail import parse


def mail(subject: str = "Pump leaks", body: str = "It leaks again.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Miller <ann@example.org>"
    message["To"] = "service@example.org"
    message["Subject"] = subject
    message["Date"] = "Mon, 12 Jan 2026 10:00:00 +0100"
    message.set_content(body)
    return message


def parsed(content: bytes) -> Parsed:
    found = parse(content)
    assert isinstance(found, Parsed)
    return found


def blocks(content: bytes) -> list[tuple[str, str, str]]:
    return [(block.kind, block.mark, block.text) for block in parsed(content).blocks]


def test_the_subject_is_the_title_the_head_is_no_evidence_and_the_text_is() -> None:
    found = parsed(mail("Beschwerde über Pumpe").as_bytes())
    assert [(block.kind, block.mark, block.text) for block in found.blocks] == [
        ("heading", "", "Beschwerde über Pumpe"),
        ("paragraph", "header_footer", "From: Ann Miller <ann@example.org>"),
        ("paragraph", "header_footer", "To: service@example.org"),
        ("paragraph", "header_footer", "Date: Mon, 12 Jan 2026 10:00:00 +0100"),
        ("paragraph", "", "It leaks again."),
    ]
    assert found.properties == {"title": "Beschwerde über Pumpe", "modified": "2026-01-12"}


def test_what_a_mail_repeats_of_the_mail_before_is_a_quotation() -> None:
    assert blocks(mail(body="New.\n\n> Old words.\n").as_bytes())[-2:] == [
        ("paragraph", "", "New."),
        ("paragraph", "quote", "> Old words."),
    ]


def test_attachments_stand_under_their_names_and_speak_for_themselves_only() -> None:
    message = mail()
    message.add_attachment(b"# Return form\n\nVersion: 7\n", maintype="text", subtype="markdown", filename="form.md")
    message.add_attachment(
        word(lambda d: d.add_paragraph("From Word.")), maintype="a", subtype="b", filename="NOTE.DOCX"
    )
    found = parsed(message.as_bytes())
    assert [(block.level, block.text, block.inner) for block in found.blocks if block.level or block.inner][1:] == [
        (2, "Attachment form.md", True),
        (3, "Return form", True),
        (0, "Version: 7", True),
        (2, "Attachment NOTE.DOCX", True),
        (0, "From Word.", True),
    ]


def test_attachments_that_cannot_be_read_are_named() -> None:
    message = mail()
    message.add_attachment(b"PK", maintype="a", subtype="zip", filename="x.zip")
    message.add_attachment(b"junk", maintype="a", subtype="pdf", filename="y.pdf")
    message.add_attachment(b" ", maintype="a", subtype="pdf", filename="z.pdf")
    message.add_attachment(
        pdf([lines("Text on this page."), ""], picture=[2]), maintype="a", subtype="pdf", filename="s.pdf"
    )
    assert parsed(message.as_bytes()).unread == (
        Refused("unsupported", "Attachment x.zip: Documents of this kind (.zip) are not read."),
        Refused("corrupt", "Attachment y.pdf: The file is no PDF file, or it is damaged."),
        Refused("empty", "Attachment z.pdf: The file is empty."),
        Refused("no-text-layer", "Attachment s.pdf, page 2: a picture, which cannot be read."),
    )


def test_a_mail_in_a_mail_is_read_and_one_too_deep_is_named() -> None:
    message = mail("0")
    for n in range(1, 6):
        outer = mail(str(n))
        outer.add_attachment(message)
        message = outer
    found = parsed(message.as_bytes())
    assert [block.text for block in found.blocks if block.kind == "heading"] == [
        "5", "Attachment 4", "4", "Attachment 3", "3", "Attachment 2", "2",
    ]  # fmt: skip
    assert [one.reason for one in found.unread] == ["too-large"]


def test_of_very_many_attachments_the_first_hundred_are_read() -> None:
    message = mail()
    for n in range(102):
        message.add_attachment(b"text", maintype="text", subtype="plain", filename=f"{n}.txt")
    assert parsed(message.as_bytes()).unread == (Refused("too-large", "Of 102 attachments 100 were read."),)


def test_a_mail_in_html_is_read_and_pictures_in_it_are_no_attachments() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("<h1>Hello</h1><p>World</p>", subtype="html")
    message.add_related(b"\x89PNG", maintype="image", subtype="png", filename="logo.png", cid="<logo>")
    found = parsed(message.as_bytes())
    assert [block.text for block in found.blocks] == ["From: a@example.org", "Hello", "World"]
    assert found.unread == ()


def test_a_bad_charset_and_a_bad_date_cost_nothing_else() -> None:
    raw = b"From: a\nDate: someday\nSubject: s\nContent-Type: text/plain; charset=nonsense\n\nf\xc3\xbcr\n"
    found = parsed(raw)
    assert [block.text for block in found.blocks] == ["s", "From: a", "Date: someday", "für"]
    assert "modified" not in found.properties


def test_a_file_without_any_head_is_no_mail() -> None:
    assert parse(b"hello\n\nworld") == Refused("corrupt", "The file is no mail.")
