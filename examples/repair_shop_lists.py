"""The lists of the fictitious Mühlgrund Gerätedienst GmbH on processes, risks, suppliers, people, changes and ideas.

Written by `make_repair_shop.py`; which gaps are planted here, and where, says `repair-shop/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from office_files import Cell, csv_text, table, write_text, xlsx

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = ["PROCESSES", "write"]

_D = dt.date
_QM = "Qualitätsbeauftragte"
PROCESSES: Sequence[Sequence[Cell]] = (
    ("Annahme und Ausgabe", "Annahme", "hoch", "wartet oder bekommt das falsche Gerät", _D(2026, 1, 12)),
    ("Werkstatt", "Werkstattleitung", "hoch", "hat ein Gerät, das nicht geht oder nicht sicher ist", _D(2026, 1, 12)),
    ("Einkauf", "Büro", "mittel", "wartet auf das Teil", _D(2026, 1, 12)),
    ("Prüfmittel", "Werkstattleitung", "mittel", None, _D(2026, 1, 12)),
    ("Personal und Schulung", "Geschäftsführung", "gering", "merkt es erst später", _D(2025, 1, 13)),
)


def write(folder: Path, orders: Sequence[str]) -> None:
    """Write the lists below `folder`; `orders` are the numbers of the order list, in order."""
    _write_risks(folder / "QM")
    _write_training(folder / "QM")
    _write_suppliers(folder / "Buchhaltung")
    _write_changes(folder / "Auftraege", orders)
    _write_ideas(folder / "QM")


def _write_risks(folder: Path) -> None:
    day, owner = _D(2026, 1, 12), "Werkstattleitung"
    rows: Sequence[Sequence[Cell]] = (
        (1, "Risiko", "Gerät geht ohne Endprüfung hinaus: Stromschlag, Schaden", "beides", "Werkstatt", "alle", "hoch", owner, day),
        (2, "Risiko", "Zugesagter Termin platzt, weil das Ersatzteil fehlt", "Zufriedenheit", "Einkauf", "Gewerbe", "mittel", "Büro", day),
        (3, "Risiko", "Telefon nicht besetzt, Auskunft unmöglich", "Zufriedenheit", "Annahme und Ausgabe", "Privat", "mittel", "Annahme", day),
        (4, "Risiko", "Techniker über 55 gehen in Rente", "Konformität", "Personal und Schulung", "alle", "mittel", None, day),
        (5, "Chance", "Akku-Gartengeräte: Pflegevertrag für Vereine", "Zufriedenheit", "Werkstatt", "Verein", "gering", "Geschäftsführung", _D(2024, 2, 5)),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Risiken")
        sheet.write(0, 0, "Chancen und Risiken (einmal im Jahr, mit den Zielen)")
        sheet.set_column(2, 2, 52)
        heading = ("Nr", "Art", "Was kann passieren?", "betrifft", "Prozess", "Kunden", "Stufe", "wer", "angesehen am")
        table(sheet, 1, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Risiken.xlsx", _QM, fill)


def _write_training(folder: Path) -> None:
    seen = _D(2026, 1, 20)
    rows: Sequence[Sequence[Cell]] = (
        ("MA-03", "Annahme", "Reklamation annehmen", 2, 2, "Rollenspiel", seen, _D(2028, 1, 31), None),
        ("MA-04", "Annahme", "Reklamation annehmen", 2, 1, "Rollenspiel", seen, _D(2028, 1, 31), "begleitet bis März"),
        ("MA-07", "Techniker", "Elektrofachkraft", 3, 3, "Zeugnis", seen, _D(2028, 1, 31), None),
        ("MA-08", "Techniker", "Elektrofachkraft", 3, 3, "Zeugnis", seen, _D(2028, 1, 31), None),
        ("MA-09", "Techniker", "Kältemittel (Sachkunde)", 3, 3, "Zertifikat", seen, _D(2026, 10, 31), None),
        ("MA-11", "Techniker", "Motorsägen", 2, 2, "gesehen", seen, _D(2028, 1, 31), None),
        ("MA-12", "Techniker", "Motorsägen", 2, 1, "gesehen", seen, _D(2028, 1, 31), None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Wer kann was")
        heading = (
            "Pers.-Nr",
            "Funktion",
            "Was",
            "Soll (1-3)",
            "Ist (1-3)",
            "Nachweis",
            "beurteilt am",
            "gilt bis",
            "Maßnahme",
        )
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Schulungsliste.xlsx", _QM, fill)


def _write_suppliers(folder: Path) -> None:
    day = _D(2026, 2, 16)
    rows: Sequence[Sequence[Cell]] = (
        ("L-11", "Ersatzteile Haushalt (Großhandel)", "aktiv", "hoch", _D(2019, 4, 1), "Rahmenvertrag 2019", day, 86, None),
        ("L-12", "Ersatzteile Garten", "aktiv", "hoch", _D(2019, 4, 1), "Rahmenvertrag 2021", day, 62, None),
        ("L-13", "Kalibrierlabor", "aktiv", "hoch", _D(2020, 6, 1), "Auftrag je Prüfmittel", day, 95, None),
        ("L-14", "Motorwickelei (Fremdreparatur)", "aktiv", "hoch", _D(2021, 9, 1), None, _D(2024, 2, 12), 80, None),
        ("L-15", "Reinigung", "aktiv", "keine", None, None, None, None, None),
        ("L-16", "Leihgeräte", "beendet", "mittel", _D(2019, 4, 1), "Mietvertrag", _D(2023, 2, 13), 55, None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Lieferanten")
        sheet.set_column(1, 1, 34)
        heading = ("Nr", "Wer", "Status", "Wirkung auf Kunden", "zugelassen am", "Vereinbarung", "bewertet am", "Punkte (0-100)",
                   "Maßnahme")  # fmt: skip
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Lieferanten.xlsx", "Büro", fill)


def _write_changes(folder: Path, orders: Sequence[str]) -> None:
    rows: Sequence[Sequence[object]] = (
        ("Zettel", "Auftrag-Nr", "gewünscht am", "zugesagt am", "Auftrag geändert am", "Werkstatt gesagt am", "wem", "gilt ab", "was"),
        ("Z-1", orders[10], "08.12.2025", "08.12.2025", "08.12.2025", "08.12.2025", "Techniker", "09.12.2025", "doch mit Leihgerät"),
        ("Z-2", orders[34], "17.02.2026", "17.02.2026", "17.02.2026", "18.02.2026", "Techniker", "18.02.2026", "zweites Gerät dazu"),
        ("Z-3", orders[58], "29.04.2026", "29.04.2026", "", "29.04.2026", "Techniker", "30.04.2026", "später abholen"),
        ("Z-4", orders[79], "02.07.2026", "02.07.2026", "02.07.2026", "06.07.2026", "Werkstattleitung", "03.07.2026", "nur reinigen"),
        ("Z-5", orders[103], "14.09.2026", "14.09.2026", "14.09.2026", "14.09.2026", "Techniker", "15.09.2026", "anderer Termin"),
    )  # fmt: skip
    write_text(folder / "Aenderungszettel.csv", csv_text(rows, ";"), encoding="cp1252", newline="\r\n")


def _write_ideas(folder: Path) -> None:
    rows: Sequence[Sequence[Cell]] = (
        ("V-26-1", "Rückrufe", "Annahme", "Anruf, bevor es teurer wird", _D(2026, 2, 2), _D(2026, 4, 30), 61, 88, "% angerufen", "mehr"),
        ("V-26-2", "Reklamation", "Werkstatt", "Weniger undichte Schläuche", _D(2026, 4, 23), _D(2026, 5, 29), None, None, None, None),
        ("V-26-3", "Idee", "Werkstatt", "Kürzere Wege, schneller fertig", _D(2026, 6, 8), None, None, None, None, None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Ideen")
        heading = (
            "Nr",
            "woher",
            "Bereich",
            "Was merkt der Kunde?",
            "begonnen",
            "fertig",
            "vorher",
            "nachher",
            "Einheit",
            "besser ist",
        )
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Verbesserungen.xlsx", _QM, fill)
