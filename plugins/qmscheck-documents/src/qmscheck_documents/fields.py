"""What was filled into the fields of an OpenDocument text: controls of a form, input fields, lists, boxes, user fields.

A control stands apart from where it is shown: the paragraph only names it. Attributes as in OpenDocument 1.3, part 3
(form and text namespaces), and as LibreOffice writes content controls and the fields of Word forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.etree import ElementTree as ET

__all__ = ["BLANK", "Fields", "filled"]

#: How a field that nobody has filled in is written, as in the other formats.
BLANK = "____"

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_FORM, _TEXT, _OFFICE, _DRAW = (f"{{{_NS}{part}:1.0}}" for part in ("form", "text", "office", "drawing"))
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LO = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
_BOXES = {"checkbox": "current-state", "radio": "current-selected"}
_PLAIN = frozenset(
    {"text", "textarea", "formatted-text", "number", "date", "time", "combobox", "file", "generic-control"}
)
_LISTS = frozenset({"listbox"})
_CHECKED = frozenset({"checked", "true"})
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fields:
    """What is declared once for a whole text: controls by their id, with what they show; user fields by their name."""

    controls: Mapping[str, str] = field(default_factory=lambda: _NONE)
    users: Mapping[str, str] = field(default_factory=lambda: _NONE)

    @classmethod
    def of(cls, root: ET.Element) -> Fields:
        """Gather the declarations of a text."""
        controls: dict[str, str] = {}
        users: dict[str, str] = {}
        for element in root.iter():
            if element.tag.startswith(_FORM):
                shown = _control(element)
                names = (element.get(f"{_FORM}id"), element.get(_XML_ID))
                controls |= {name: shown for name in names if name and shown is not None}
            elif element.tag == f"{_TEXT}user-field-decl":
                value = next(filter(None, (element.get(f"{_OFFICE}{kind}-value") for kind in ("string", "date"))), "")
                users[element.get(f"{_TEXT}name", "")] = value or element.get(f"{_OFFICE}value", "")
        return cls(controls, {name: value for name, value in users.items() if name})


def filled(element: ET.Element, fields: Fields) -> str | None:
    """Give what a field in a paragraph shows; None for an element that is no field, or whose words say it all."""
    tag = element.tag
    if tag == f"{_DRAW}control":
        return fields.controls.get(element.get(f"{_DRAW}control", ""), "")
    if tag == f"{_LO}content-control":
        return BLANK if element.get(f"{_LO}showing-place-holder") == "true" else None
    if tag == f"{_FIELD}fieldmark":
        return _mark(element)
    words = "".join(element.itertext()).strip()
    if tag == f"{_TEXT}user-field-get" and not words:
        return fields.users.get(element.get(f"{_TEXT}name", ""), "")
    if tag in {f"{_TEXT}text-input", f"{_TEXT}user-field-input"} and not words:
        return fields.users.get(element.get(f"{_TEXT}name", ""), "") or BLANK
    if tag in {f"{_TEXT}drop-down", f"{_TEXT}dropdown"}:
        return words or _chosen(element)
    return None


def _control(element: ET.Element) -> str | None:
    kind = element.tag.removeprefix(_FORM)
    label = element.get(f"{_FORM}label", "")
    if kind in _BOXES:
        told = element.get(f"{_FORM}{_BOXES[kind]}") or element.get(f"{_FORM}state", "")
        return f"{'☒' if told in _CHECKED else '☐'} {label}".strip()
    if kind in _LISTS:
        options = [one for one in element.iter(f"{_FORM}option") if one.get(f"{_FORM}current-selected") == "true"]
        chosen = [one.get(f"{_FORM}label") or one.get(f"{_FORM}value") for one in options]
        return ", ".join(filter(None, chosen)) or BLANK
    if kind in _PLAIN:
        told = element.get(f"{_FORM}current-value") or element.get(f"{_FORM}value", "")
        return told or "\n".join("".join(one.itertext()) for one in element.iter(f"{_TEXT}p")) or BLANK
    return label if kind in {"fixed-text", "frame"} else None


def _chosen(element: ET.Element) -> str:
    found = [one for one in element.iter(f"{_TEXT}label") if one.get(f"{_TEXT}current-selected") == "true"]
    return found[0].get(f"{_TEXT}value", "") if found else BLANK


def _mark(element: ET.Element) -> str | None:
    """Read a box or a list of a Word form, which LibreOffice keeps as parameters."""
    kind = element.get(f"{_FIELD}type", "").rpartition(".")[2]
    told = list(_parameters(element))
    if kind == "FORMCHECKBOX":
        return "☒" if ("Checkbox_Checked", "true") in told else "☐"
    if kind == "FORMDROPDOWN":
        entries = [value for name, value in told if name == "Dropdown_ListEntry"]
        at = next((value for name, value in told if name == "Dropdown_Selected"), "")
        return entries[int(at)] if at.isdecimal() and int(at) < len(entries) else BLANK
    return None


def _parameters(element: ET.Element) -> Iterator[tuple[str, str]]:
    for one in element.iter(f"{_FIELD}param"):
        yield one.get(f"{_FIELD}name", ""), one.get(f"{_FIELD}value", "")
