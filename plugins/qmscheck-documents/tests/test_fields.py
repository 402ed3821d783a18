"""Fields of OpenDocument texts: what was filled in is read where it is shown, and what was not is a blank."""

from __future__ import annotations

import pytest
from made_documents import open_document
from qmscheck_documents.blocks import Parsed
from qmscheck_documents.opendocument import parse
from qmscheck_documents.particulars import particulars

_FORM = "urn:oasis:names:tc:opendocument:xmlns:form:1.0"
_LO = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
_FIELD = "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"


def parsed(body: str) -> Parsed:
    found = parse(open_document(body))
    assert isinstance(found, Parsed)
    return found


def shown(body: str) -> list[str]:
    return [block.text for block in parsed(body).blocks]


def control(inside: str) -> str:
    """Give a paragraph that shows the control `c`."""
    forms = f'<office:forms xmlns:form="{_FORM}"><form:form>{inside}</form:form></office:forms>'
    return f'{forms}<text:p>Owner: <draw:control draw:control="c"/> (role)</text:p>'


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<form:text form:id="c" form:current-value="Ann"/>', "Ann"),
        ('<form:text xml:id="c" form:value="Ann"/>', "Ann"),
        ('<form:text form:id="c" form:current-value=""/>', "____"),
        ('<form:textarea form:id="c"><text:p>Ann</text:p><text:p>Lee</text:p></form:textarea>', "Ann Lee"),
        ('<form:date form:id="c" form:current-value="2026-01-03"/>', "2026-01-03"),
        ('<form:combobox form:id="c" form:current-value="Ann"><form:item form:label="Bob"/></form:combobox>', "Ann"),
        (
            '<form:listbox form:id="c"><form:option form:label="Bob"/><form:option form:label="Ann" form:current-selected="true"/></form:listbox>',
            "Ann",
        ),
        ('<form:listbox form:id="c"><form:option form:label="Bob"/></form:listbox>', "____"),
        ('<form:checkbox form:id="c" form:label="all calls" form:current-state="checked"/>', "☒ all calls"),
        ('<form:checkbox form:id="c" form:label="all calls"/>', "☐ all calls"),
        ('<form:radio form:id="c" form:label="yes" form:current-selected="true"/>', "☒ yes"),
        ('<form:fixed-text form:id="c" form:label="see QP-1"/>', "see QP-1"),
        ('<form:button form:id="c" form:label="Print"/>', ""),
    ],
)
def test_a_control_is_read_where_it_is_shown(inside: str, text: str) -> None:
    assert shown(control(inside)) == [f"Owner: {text} (role)" if text else "Owner: (role)"]


def test_a_control_that_hangs_on_the_page_is_a_passage_of_its_own() -> None:
    forms = f'<office:forms xmlns:form="{_FORM}"><form:text form:id="c" form:current-value="Ann"/></office:forms>'
    assert shown(f'{forms}<draw:control draw:control="c"/><draw:control draw:control="lost"/>') == ["Ann"]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<text:text-input text:description="name">Ann</text:text-input>', "Ann"),
        ('<text:text-input text:description="name"/>', "____"),
        ('<text:drop-down text:name="d"><text:label text:value="Bob"/><text:label text:value="Ann" text:current-selected="true"/>Ann</text:drop-down>', "Ann"),
        ('<text:drop-down text:name="d"><text:label text:value="Ann" text:current-selected="true"/></text:drop-down>', "Ann"),
        ('<text:drop-down text:name="d"><text:label text:value="Ann"/></text:drop-down>', "____"),
        ('<text:user-field-get text:name="u">Ann</text:user-field-get>', "Ann"),
        ('<text:user-field-get text:name="u"/>', "Ann Lee"),
        ('<text:user-field-input text:name="other"/>', "____"),
        (f'<l:content-control xmlns:l="{_LO}"><text:span>Ann</text:span></l:content-control>', "Ann"),
        (f'<l:content-control xmlns:l="{_LO}" l:showing-place-holder="true"><text:span>Choose</text:span></l:content-control>', "____"),
        (f'<f:fieldmark xmlns:f="{_FIELD}" f:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><f:param f:name="Checkbox_Checked" f:value="true"/></f:fieldmark>', "☒"),
        (f'<f:fieldmark xmlns:f="{_FIELD}" f:type="vnd.oasis.opendocument.field.FORMCHECKBOX"/>', "☐"),
        (f'<f:fieldmark xmlns:f="{_FIELD}" f:type="x.FORMDROPDOWN"><f:param f:name="Dropdown_ListEntry" f:value="Ann"/><f:param f:name="Dropdown_Selected" f:value="0"/></f:fieldmark>', "Ann"),
        (f'<f:fieldmark xmlns:f="{_FIELD}" f:type="x.FORMDROPDOWN"><f:param f:name="Dropdown_ListEntry" f:value="Ann"/></f:fieldmark>', "____"),
        (f'<f:fieldmark xmlns:f="{_FIELD}" f:type="x.OTHER">Ann</f:fieldmark>', "Ann"),
        (f'<f:fieldmark-start xmlns:f="{_FIELD}" f:type="x.FORMTEXT"/>Ann<f:fieldmark-end xmlns:f="{_FIELD}"/>', "Ann"),
    ],
)  # fmt: skip
def test_a_field_in_a_line_shows_what_was_chosen_or_a_blank(inside: str, text: str) -> None:
    declared = '<text:user-field-decls><text:user-field-decl text:name="u" office:string-value="Ann Lee"/></text:user-field-decls>'
    assert shown(f"{declared}<text:p>Owner: {inside}</text:p>") == [f"Owner: {text}"]


def test_user_fields_say_of_their_document_what_properties_say() -> None:
    declared = (
        '<text:user-field-decls><text:user-field-decl text:name="Approved by" office:string-value="Bob"/>'
        '<text:user-field-decl text:name="Version" office:value="3"/></text:user-field-decls><text:p>Version: 2</text:p>'
    )
    found = particulars(parsed(declared))
    assert found.values == {"version": "2", "approved_by": "Bob"}
    assert found.contradictions == "version: text 2, properties 3"
