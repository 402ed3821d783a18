"""Write the records of the fictitious Mühlgrund Gerätedienst GmbH, a repair shop of twenty people.

Run `python examples/make_repair_shop.py [folder]`. `repair-shop/GAPS.md` says which gaps are planted, and where.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import argparse
import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import repair_shop_lists
from office_files import Cell, csv_text, docx, pdf, scanned_pdf, table, write_text, xlsx

if TYPE_CHECKING:
    from docx.document import Document
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = ["make"]

_QM = "Qualitätsbeauftragte"
_OFFICE = "Büro"


def make(folder: Path) -> None:
    """Write all evidence of the shop below `folder`."""
    orders = list(_orders(random.Random(20)))
    _write_orders(folder / "Auftraege", orders)
    _write_final_checks(folder / "Auftraege", orders)
    _write_customers(folder / "Kunden")
    _write_lists(folder / "QM")
    _write_talks(folder / "Kunden")
    _write_credit_notes(folder / "Buchhaltung", orders)
    _write_complaints(folder / "Reklamationen", orders)
    _write_actions(folder / "Reklamationen")
    _write_call_backs(folder / "Kundenzufriedenheit", orders)
    _write_perception_plan(folder / "Kundenzufriedenheit")
    _write_objectives(folder / "QM")
    _write_legal_register(folder / "QM")
    _write_audit_programme(folder / "QM")
    _write_reviews(folder / "QM")
    _write_answers(folder / "QM")
    _write_policy(folder / "QM" / "Dokumente")
    _write_procedures(folder / "QM" / "Dokumente")
    _write_minutes(folder / "QM" / "Dokumente")
    _write_notes(folder / "QM" / "Dokumente")
    repair_shop_lists.write(folder, [order.number for order in orders])


# ---------------------------------------------------------------- customers


_CUSTOMERS: Sequence[tuple[str, str, str, str, str]] = (
    # number, name, group, key customer, status
    ("K-1001", "Hausverwaltung Am Anger", "Hausverwaltung", "ja", "aktiv"),
    ("K-1002", "Bauhof der Gemeinde Mühlgrund", "Kommune", "ja", "aktiv"),
    ("K-1003", "Waschsalon Blitzblank", "Gewerbe", "ja", "aktiv"),
    ("K-1004", "Café Regenschirm", "Gewerbe", "nein", "aktiv"),
    ("K-1005", "Hotel Zur alten Säge", "Gewerbe", "ja", "aktiv"),
    ("K-1006", "Kleingartenverein Südhang e.V.", "Verein", "ja", "aktiv"),
    ("K-1007", "Grundschule Mühlgrund", "Kommune", "nein", "aktiv"),
    ("K-1008", "Gärtnerei Rotkehlchen", "Gewerbe", "ja", "aktiv"),
    ("K-1009", "Elektro-Laden Pfiffikus (Händler)", "Händler", "ja", "aktiv"),
    ("K-1010", "Sportverein Mühlgrund 09", "Verein", "nein", "aktiv"),
    ("K-1011", "Bäckerei Krümel & Sohn", "Gewerbe", "nein", "aktiv"),
    ("K-1012", "Wohngenossenschaft Lerchenau", "Hausverwaltung", "ja", "aktiv"),
    ("K-1013", "Friedhofsverwaltung", "Kommune", "nein", "aktiv"),
    ("K-1014", "Metzgerei Schmatz", "Gewerbe", "nein", "verloren"),
    ("K-1015", "Pension Abendrot", "Gewerbe", "nein", "aktiv"),
)
_STREETS = ("Finkenweg", "Anger", "Mühlbach", "Am Südhang", "Lerchenau", "Bahnhofstr.", "Kirchgasse", "Birkenring")


def _write_customers(folder: Path) -> None:
    rows: list[Sequence[Cell]] = []
    for at, (number, name, group, key, status) in enumerate(_CUSTOMERS):
        owner = "Werkstattleitung" if group in {"Kommune", "Verein"} else "Geschäftsführung"
        seen = dt.date(2015 + at % 9, 1 + at % 12, 3 + at)
        rows.append((number, name, group, key, owner, seen, dt.date(2026, 1, 19), status))
    for at in range(29):
        name = f"Privat, {_STREETS[at % 8]} {3 + 2 * at}"
        rows.append((f"K-{1016 + at}", name, "Privat", "nein", "Annahme", dt.date(2018 + at % 8, 2, 1 + at % 27),
                     dt.date(2026, 1, 19), "aktiv"))  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Kunden")
        sheet.set_column(1, 1, 34)
        heading = ("Kd-Nr", "Name / Firma", "Kundengruppe", "Stammkunde", "Betreuer", "Kunde seit",
                   "letzte Durchsicht", "Status")  # fmt: skip
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))
        sheet.autofilter(0, 0, len(rows), 7)
        book.add_worksheet("Tabelle2")

    xlsx(folder / "Kundenstamm.xlsx", _OFFICE, fill)


def _write_lists(folder: Path) -> None:
    d = dt.date
    yes, no = "ja", "nein"

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        groups = ("Privat", "Gewerbe", "Hausverwaltung", "Kommune", "Verein", "Händler")
        table(book.add_worksheet("Kundengruppen"), 0, ("Kundengruppe", "aktiv"), [(g, yes) for g in groups], bold)
        services = (("Haushalt", "Privat"), ("Garten", "Verein"), ("Verkauf", "Privat"))
        table(book.add_worksheet("Leistungen"), 0, ("Leistung", "hauptsächlich für"), services, bold)
        units = (("Annahme", yes), ("Werkstatt", yes), ("Abholdienst", no), ("Büro", no))
        table(book.add_worksheet("Bereiche"), 0, ("Bereich", "eigene Ziele?"), units, bold)
        heading = (
            "Prozess",
            "verantwortlich",
            "Wirkung auf den Kunden",
            "Wenn er schiefgeht: der Kunde",
            "angesehen am",
        )
        table(book.add_worksheet("Prozesse"), 0, heading, repair_shop_lists.PROCESSES, bold)
        meets = {"Annahme", "Techniker"}
        roles: list[Sequence[Cell]] = [(role, d(2019, 4, 1), None, yes if role == "Geschäftsführung" else no, yes if role in meets else no)
                 for role in ("Geschäftsführung", "Werkstattleitung", "Annahme", "Techniker", "Büro", _QM)]  # fmt: skip
        roles.append(("Lagerist", d(2019, 4, 1), d(2025, 6, 30), no, no))
        table(
            book.add_worksheet("Funktionen"),
            0,
            ("Funktion", "seit", "bis", "oberste Leitung", "mit Kunden"),
            roles,
            bold,
        )
        ways = [(way,) for way in ("Theke", "Telefon", "E-Mail", "Abholdienst", "Online-Bewertung")]
        table(book.add_worksheet("Kanäle"), 0, ("Kanal",), ways, bold)

    xlsx(folder / "Listen.xlsx", _QM, fill)


def _write_talks(folder: Path) -> None:
    rows: Sequence[Sequence[Cell]] = (
        ("G-25-01", dt.date(2025, 11, 27), "Gespräch", "Hausverwaltung", "K-1001",
         "Will SMS am Tag vor der Abholung, Rechnungen gesammelt am Monatsende", "A-07", "Änderung", "Geschäftsführung"),
        ("G-26-01", dt.date(2026, 2, 12), "Gespräch", "Gewerbe", "K-1003",
         "Waschmaschine darf höchstens 2 Tage stehen, Leihgerät wichtiger als Preis", "A-08", "Änderung", "Geschäftsführung"),
        ("G-26-02", dt.date(2026, 3, 5), "Besuch", "Gewerbe", "K-1005",
         "zufrieden, keine Änderung", None, "keine Änderung", "Geschäftsführung"),
        ("G-26-03", dt.date(2026, 3, 21), "Saisongespräch", "Verein", "K-1006",
         "Mäher-Inspektion vor dem 1. April, Sammeltermin im Vereinsheim", "A-09", "Änderung", "Werkstattleitung"),
        ("G-26-04", dt.date(2026, 6, 18), "Gespräch", "Händler", "K-1009",
         "Garantieabwicklung: Formular des Herstellers vollständig ausfüllen!", "A-11", "Änderung", "Werkstattleitung"),
        ("G-26-05", dt.date(2026, 9, 3), "Auswertung Rückrufe", "Privat", None,
         "Am wichtigsten: Anruf bevor es teurer wird; Samstagvormittag offen", "A-10", "Änderung", "Annahme"),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Gespräche")
        heading = ("Nr", "Datum", "Art", "Kundengruppe", "Kd-Nr", "Was ist dem Kunden wichtig?", "Anforderung", "Folge",
                   "geführt von")  # fmt: skip
        table(sheet, 0, heading, rows, book.add_format({"bold": True, "bg_color": "#DDDDDD"}))
        sheet.set_column(5, 5, 60)

    xlsx(folder / "Kundengespraeche.xlsx", "Geschäftsführung", fill)


# ---------------------------------------------------------------- orders


@dataclass(frozen=True, slots=True)
class _Order:
    number: str
    taken: dt.date
    customer: str
    machine: str
    line: str
    channel: str
    reviewed: dt.date | None
    accepted: dt.date | None
    value: float
    promised: dt.date | None
    handed_over: str
    status: str


_MACHINES = (
    ("Waschmaschine", "Haushalt"), ("Geschirrspüler", "Haushalt"), ("Kaffeevollautomat", "Haushalt"),
    ("Staubsauger", "Haushalt"), ("Trockner", "Haushalt"), ("Rasenmäher", "Garten"), ("Motorsäge", "Garten"),
    ("Heckenschere", "Garten"), ("Aufsitzmäher", "Garten"), ("Häcksler", "Garten"),
)  # fmt: skip
_CHANNELS = ("Theke", "Theke", "Theke", "Telefon", "E-Mail", "Abholdienst")
_MACHINE_OF = {4: 0, 27: 5, 46: 1, 75: 1, 88: 2}  # those that a complaint tells about
_HOLIDAYS = {(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (5, 1), (10, 3)}
_NO_REVIEW = {18, 47, 76, 101}
_LATE_REVIEW = 63


def _orders(rng: random.Random) -> Iterator[_Order]:
    day = dt.date(2025, 11, 3)
    for at in range(1, 121):
        drawn = int(rng.random() * 10)
        machine, line = _MACHINES[_MACHINE_OF.get(at, drawn)]
        channel = "Telefon" if at in _NO_REVIEW else _CHANNELS[int(rng.random() * 6)]
        customer = f"K-{1001 + int(rng.random() * 44)}"
        accepted = _workday(day + dt.timedelta(days=1 + int(rng.random() * 4)))
        reviewed = None if at in _NO_REVIEW else accepted + dt.timedelta(days=1 if at == _LATE_REVIEW else 0)
        if at == _LATE_REVIEW:
            channel = "Telefon"
        promised = _workday(accepted + dt.timedelta(days=5 + int(rng.random() * 9)))
        late = int(rng.random() * 5) if rng.random() < 0.15 else -int(rng.random() * 3)
        done = _workday(promised + dt.timedelta(days=late))
        value = round(35 + rng.random() * 380 + (600 if machine == "Aufsitzmäher" else 0), 1)
        order = _Order(f"{day:%y}-{1400 + at}", day, customer, machine, line, channel, reviewed, accepted, value,
                       promised, f"{done:%d.%m.%Y}", "abgeholt")  # fmt: skip
        yield _special(at, order)
        day = _workday(dt.date(2025, 11, 3) + dt.timedelta(days=3 * at))


def _special(at: int, order: _Order) -> _Order:
    if at in {29, 84}:  # the customer did not want the repair at that price
        changes: Mapping[str, object] = {"accepted": None, "promised": None, "handed_over": "n/a",
                                         "status": "storniert"}  # fmt: skip
    elif at in {118, 119, 120}:
        changes = {"handed_over": "", "status": "in Arbeit"}
    elif at == 71:
        changes = {"handed_over": "31.06.2026"}
    elif at % 23 == 0:
        changes = {"status": "erledigt"}
    else:
        return order
    fields = {name: getattr(order, name) for name in _Order.__slots__}
    return _Order(**{**fields, **changes})


def _workday(day: dt.date) -> dt.date:
    while day.weekday() > 4 or (day.month, day.day) in _HOLIDAYS:
        day += dt.timedelta(days=1)
    return day


def _write_orders(folder: Path, orders: Sequence[_Order]) -> None:
    heading = ("Auftrag-Nr", "Annahme am", "Kd-Nr", "Gerät", "Sparte", "Annahmeart", "KV geprüft am", "KV geprüft durch",
               "KV Ergebnis", "KV freigegeben am", "Auftragswert EUR", "Abholung zugesagt", "Ausgabe am",
               "Status")  # fmt: skip
    rows = [heading]
    for order in orders:
        by = "Werkstattleitung" if order.reviewed else ""
        result = "" if not order.reviewed else "KV abgelehnt" if order.status == "storniert" else "machbar"
        rows.append((order.number, _german(order.taken), order.customer, order.machine, order.line, order.channel,
                     _german(order.reviewed), by, result, _german(order.accepted), _euro(order.value),
                     _german(order.promised), order.handed_over, order.status))  # fmt: skip
    write_text(folder / "Auftragsliste_2025-11_2026-10.csv", csv_text(rows, ";"), encoding="cp1252", newline="\r\n")


def _german(day: dt.date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def _euro(amount: float) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _write_final_checks(folder: Path, orders: Sequence[_Order]) -> None:
    rows: list[Sequence[Cell]] = []
    for at, order in enumerate(orders, 1):
        if order.status in {"storniert", "in Arbeit"} or at in {38, 95}:
            continue
        standard = "PA-02 Garten" if order.line == "Garten" else "PA-01 Haushalt (Schutzleiter, Isolation)"
        given = order.handed_over if order.handed_over != "31.06.2026" else "30.06.2026"
        checked = dt.datetime.strptime(given, "%d.%m.%Y").date() + dt.timedelta(days=2 if at == 52 else 0)  # noqa: DTZ007
        text = f"{checked:%d.%m.%Y}" if at % 31 == 0 else checked
        rows.append((f"EP-{at:03}", order.number, text, standard, "i.O.", "Techniker"))

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Endprüfung")
        sheet.set_column(2, 3, 18)
        heading = ("Prüf-Nr", "Auftrag-Nr", "geprüft am", "Prüfanweisung", "Ergebnis", "freigegeben durch")
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Endpruefung.xlsx", "Werkstatt", fill)


def _write_credit_notes(folder: Path, orders: Sequence[_Order]) -> None:
    numbers = {at: (order.number, order.customer) for at, order in enumerate(orders, 1)}
    notes = (
        (4, dt.date(2025, 11, 28), "25,00", "Qualität: Nacharbeit"),
        (13, dt.date(2025, 12, 19), "12,00", "Doppelt berechnet"),
        (19, dt.date(2026, 1, 15), "48,50", "Qualität: Teil nochmal defekt"),
        (28, dt.date(2026, 2, 9), "8,40", "Rundung / Skonto"),
        (27, dt.date(2026, 2, 27), "60,00", "Qualität: Nacharbeit"),
        (44, dt.date(2026, 3, 18), "1.015,00", "Storno, Kunde verzogen"),
        (46, dt.date(2026, 4, 17), "95,00", "Qualität: Nacharbeit"),
        (62, dt.date(2026, 5, 29), "15,00", "Mengenrabatt Verein"),
        (70, dt.date(2026, 6, 19), "74,90", "Qualität: falsches Ersatzteil"),
        (86, dt.date(2026, 7, 31), "30,00", "Kulanz Lieferverzug Hersteller"),
        (92, dt.date(2026, 8, 28), "110,00", "Qualität: Kratzer am Gehäuse"),
        (99, dt.date(2026, 9, 25), "20,00", "Doppelt berechnet"),
        (107, dt.date(2026, 10, 9), "5,00", "?"),
    )
    rows: list[Sequence[object]] = [("Beleg", "Datum", "Kd-Nr", "Auftrag-Nr", "Betrag EUR", "Grund")]
    for at, (order, day, amount, reason) in enumerate(notes, 1):
        number, customer = numbers[order]
        rows.append((f"GS-{at:04}", _german(day), customer, number, amount, reason))
    write_text(folder / "Gutschriften_2025-26.csv", csv_text(rows, ";"), encoding="cp1252", newline="\r\n")


# ---------------------------------------------------------------- complaints


def _write_complaints(folder: Path, orders: Sequence[_Order]) -> None:
    rows = list(_complaints(dict(enumerate(orders, 1))))

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Reklamationen")
        sheet.write(0, 0, "Reklamationsliste / Complaints log", book.add_format({"bold": True, "font_size": 14}))
        sheet.write(1, 0, "Formblatt FB-06-1 Rev. 3, Stand 30.10.2026, geführt von der Annahme")
        sheet.set_column(6, 6, 44)
        heading = ("Rekl.-Nr", "Eingang", "Kd-Nr", "Auftrag-Nr", "Kanal", "Art", "Was ist passiert?", "Schwere",
                   "Zuständig", "bestätigt am", "beantwortet am", "abgeschlossen am", "Status", "Korrekturmaßnahme?",
                   "Begründung", "Maßnahme-Nr", "Ergebnis", "Kosten EUR")  # fmt: skip
        free = table(sheet, 2, heading, rows, bold)
        sheet.write(free + 1, 6, "Summe (9 Reklamationen)", bold)
        sheet.write_formula(
            free + 1, 17, f"=SUM(R4:R{free})", bold, sum(row[17] for row in rows if isinstance(row[17], int))
        )
        legend = book.add_worksheet("Legende")
        legend.write(0, 0, "Status: offen, in Arbeit, erledigt. Schwere: gering, mittel, hoch. ? = noch nicht bekannt")

    xlsx(folder / "Reklamationsliste.xlsx", "Annahme", fill)


def _complaints(orders: Mapping[int, _Order]) -> Iterator[Sequence[Cell]]:
    def row(number: str, received: dt.date, order: int, rest: Sequence[Cell]) -> Sequence[Cell]:
        return (number, received, orders[order].customer, orders[order].number, *rest)

    d = dt.date
    yield row("R25-07", d(2025, 11, 24), 4, (
        "Theke", "Nacharbeit", "Waschmaschine schleudert nach der Reparatur nicht", "mittel", "Werkstattleitung",
        d(2025, 11, 24), d(2025, 11, 26), d(2025, 11, 28), "erledigt", "nein", "Stecker nicht eingerastet, Einzelfall", None,
        "nachgearbeitet", 25))  # fmt: skip
    yield row("R25-08", d(2025, 12, 8), 7, (
        "Telefon", "Termin", "Später als zugesagt, niemand hat angerufen", "mittel", "Annahme",
        d(2025, 12, 15), d(2025, 12, 17), d(2025, 12, 22), "erledigt", "ja", "Dritter Fall im Jahr", "M-25-04",
        "entschuldigt, Lieferung frei", 0))  # fmt: skip
    yield row("R26-01", d(2026, 1, 20), 20, (
        "E-Mail", "Rechnung", "Rechnung höher als Kostenvoranschlag", "mittel", None,
        d(2026, 1, 21), d(2026, 1, 29), d(2026, 2, 2), "erledigt", "?", None, None, "Rechnung korrigiert", 38))  # fmt: skip
    yield row("R26-02", d(2026, 2, 18), 27, (
        "Theke", "Nacharbeit", "Mäher springt wieder nicht an", "mittel", "Werkstattleitung",
        d(2026, 2, 19), d(2026, 2, 25), d(2026, 2, 8), "erledigt", "nein", "Vergaser war verharzt, Einzelfall", None,
        "nachgearbeitet", 60))  # fmt: skip
    yield row("R26-03", d(2026, 4, 7), 46, (
        "Telefon", "Nacharbeit", "Geschirrspüler tropft seit der Reparatur", "hoch", "Werkstattleitung",
        d(2026, 4, 16), d(2026, 4, 22), d(2026, 4, 30), "erledigt", "ja", "Wasserschaden möglich", "M-26-02",
        "Schlauch getauscht, Gutschrift", 95))  # fmt: skip
    yield row("R26-04", d(2026, 5, 27), 66, (
        "Telefon", "Auskunft", "Dreimal angerufen, keiner wusste Bescheid", "gering", "n/a",
        "28.05.2026", d(2026, 6, 8), d(2026, 6, 10), "erledigt", "nein", "Urlaubszeit", None, "zurückgerufen", 0))  # fmt: skip
    yield row("R26-05", d(2026, 7, 6), 75, (
        "Abholdienst", "Schaden", "Arbeitsplatte beim Ausbau verkratzt", "hoch", "Geschäftsführung",
        d(2026, 7, 7), d(2026, 7, 14), d(2026, 7, 21), "erledigt", "ja", "Schutzmatten fehlen im Auto", "M-26-03",
        "Haftpflicht", 250))  # fmt: skip
    yield row("R26-06", d(2026, 9, 14), 88, (
        "E-Mail", "Nacharbeit", "Kaffeevollautomat: gleicher Fehler nach vier Wochen", "mittel", "Werkstattleitung",
        d(2026, 9, 15), d(2026, 9, 25), None, "in Arbeit", "?", None, None, None, None))  # fmt: skip
    yield row("R26-07", d(2026, 10, 26), 114, (
        "Theke", "Termin", "Leihgerät nicht da wie versprochen", "gering", "Annahme",
        d(2026, 10, 27), None, None, "offen", None, None, None, None, None))  # fmt: skip


def _write_actions(folder: Path) -> None:
    d = dt.date
    rows: Sequence[Sequence[Cell]] = (
        ("M-25-04", "Reklamation", "R25-08", "Zugesagter Termin verstrichen, Kunde nicht angerufen", "Kunde angerufen",
         "Ersatzteil-Rückstand steht nur im Kopf des Technikers", "ja", "Täglich 8 Uhr Liste der Termine von morgen",
         "Annahme", d(2025, 12, 22), d(2026, 1, 15), d(2026, 1, 12), d(2026, 4, 20), "wirksam"),
        ("M-26-01", "Audit", "IA-25-2", "Prüfmittel ohne Aufkleber", "Aufkleber angebracht", "kein Verantwortlicher",
         "ja", "Werkstattleitung prüft Januar und Juli", "Werkstattleitung", d(2025, 10, 9), d(2026, 2, 28), d(2026, 2, 10), d(2026, 7, 8),
         "wirksam"),
        ("M-26-02", "Reklamation", "R26-03", "Undichter Zulaufschlauch nach Reparatur", "Schlauch ersetzt",
         "Dichtprobe nur 2 Minuten", "ja", "PA-01: Dichtprobe ein voller Lauf", "Werkstattleitung", d(2026, 4, 23), d(2026, 5, 29),
         "erledigt", None, "?"),
        ("M-26-03", "Reklamation", "R26-05", "Arbeitsplatte verkratzt", "Schaden gemeldet", None,
         None, "Schutzmatten für beide Autos", "Geschäftsführung", d(2026, 7, 20), d(2026, 8, 31), None, None, None),
        ("M-26-04", "Recht", "RK-07", "Kältemittel-Nachweis eines Technikers läuft ab", "Arbeiten umverteilt",
         "kein Ablaufdatum im Schulungsplan", "ja", "Auffrischung buchen", "Werkstattleitung", d(2026, 10, 1), d(2026, 12, 11), None, None,
         None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Maßnahmen")
        sheet.set_column(3, 6, 36)
        heading = ("Nr", "Quelle", "Quelle-Nr", "Problem", "Sofortmaßnahme", "Ursache", "ähnliche Fälle geprüft", "Korrekturmaßnahme",
                   "Zuständig", "angelegt am", "Termin", "umgesetzt am", "Wirksamkeit geprüft am", "Ergebnis")  # fmt: skip
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Massnahmenliste.xlsx", _QM, fill)


# ---------------------------------------------------------------- perception


def _write_call_backs(folder: Path, orders: Sequence[_Order]) -> None:
    rng = random.Random(21)
    rows: list[Sequence[object]] = [
        (
            "lfd. Nr",
            "Runde",
            "Abgeholt am",
            "Rückruf am",
            "Auftrag-Nr",
            "Kd-Nr",
            "Note 1-6",
            "Gefragt nach",
            "Bemerkung",
        )
    ]
    remarks = ("alles gut", "", "freundlich", "hätte früher angerufen werden wollen", "teuer aber gut", "", "Termin!")
    for at, order in enumerate([o for o in orders[4::5] if o.status in {"abgeholt", "erledigt"}], 1):
        fetched = dt.datetime.strptime(order.handed_over, "%d.%m.%Y").date()  # noqa: DTZ007
        called = _workday(fetched + dt.timedelta(days=30))
        if called > dt.date(2026, 9, 30):
            break  # the fourth quarter is called from 16 November on
        wave = f"{called.year}-Q{(called.month + 2) // 3}"
        grade = "" if at in {6, 17} else (1, 1, 2, 2, 2, 3, 4)[int(rng.random() * 7)]
        remark = "nicht erreicht" if grade == "" else remarks[int(rng.random() * 7)]
        rows.append(
            (at, wave, _german(fetched), _german(called), order.number, order.customer, grade, "Zufriedenheit", remark)
        )
    write_text(folder / "Rueckrufe_2025-26.csv", csv_text(rows, ";"), encoding="cp1252", newline="\r\n")


def _write_perception_plan(folder: Path) -> None:
    d = dt.date
    waves: Sequence[Sequence[Cell]] = (
        ("2026-Q1", d(2026, 1, 5), d(2026, 1, 2), 6, 5, "FB-08-1 Rev. 2", 1, 6),
        ("2026-Q2", d(2026, 4, 1), d(2026, 4, 1), 7, 7, "FB-08-1 Rev. 2", 1, 6),
        ("2026-Q3", d(2026, 7, 1), d(2026, 7, 8), 6, 5, "FB-08-1 Rev. 2", 1, 6),
        ("2026-Q4", d(2026, 11, 16), None, None, None, "FB-08-1 Rev. 2", 1, 6),
    )
    rows: Sequence[Sequence[Cell]] = (
        ("P1", "Rückruf 30 Tage nach Abholung, jeder fünfte Auftrag", "Privat", "nach Abholung", "laufend", "Note 1-6",
         "<= 1,8", "Annahme", "Geschäftsführung", d(2026, 1, 12), "gefragt"),
        ("P2", "Jahresgespräch", "Hausverwaltung", "Zusammenarbeit", "jährlich", "offen", None, "Geschäftsführung",
         "Geschäftsführung", d(2026, 1, 12), "gefragt"),
        ("P3", "Jahresgespräch", "Gewerbe", "Zusammenarbeit", "jährlich", "offen", None, "Geschäftsführung",
         "Geschäftsführung", d(2026, 1, 12), "gefragt"),
        ("P4", "Saisongespräch März", "Verein", "vor der Saison", "jährlich", "offen", None, "Werkstattleitung",
         "Geschäftsführung", d(2026, 1, 12), "gefragt"),
        ("P5", "Garantiequote des Herstellers", "Händler", "Garantie", "quartalsweise", "%", None, "Werkstattleitung",
         "Geschäftsführung", d(2026, 1, 12), "geschlossen"),
        ("P6", "Jahresgespräch", "Kommune", "Zusammenarbeit", "jährlich", "offen", None, "Geschäftsführung",
         "Geschäftsführung", d(2026, 1, 12), "gefragt"),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Plan")
        sheet.write(0, 0, "Wie erfahren wir, was die Kunden denken? (Anlage zu VA-08)")
        heading: tuple[str, ...] = ("Nr", "Quelle", "Kundengruppe", "Station", "Häufigkeit", "Skala", "Ziel", "wertet aus", "zieht Schlüsse",
                   "gültig ab", "gefragt oder geschlossen")  # fmt: skip
        table(sheet, 1, heading, rows, book.add_format({"bold": True}))
        rounds = book.add_worksheet("Rückrufrunden")
        heading = ("Runde", "geplant", "begonnen", "angerufen", "erreicht", "Fragebogen", "Skala von", "Skala bis")
        table(rounds, 0, heading, waves, book.add_format({"bold": True}))

    xlsx(folder / "Plan_Kundenwahrnehmung.xlsx", _QM, fill)


# ---------------------------------------------------------------- management


def _write_objectives(folder: Path) -> None:
    d = dt.date
    agreed = d(2026, 1, 12)
    rows: Sequence[Sequence[Cell]] = (
        ("Z-26-1", "Durchschnittsnote der Rückrufe", "Annahme", "Annahme und Ausgabe", "Rückruf-Note", 2.1, 1.8, "Note", d(2026, 12, 31),
         "Annahme", "Politik Satz 1", "Zufriedenheit", "läuft", agreed),
        ("Z-26-2", "Zugesagte Abholtermine einhalten", "Werkstatt", "Werkstatt", "Termintreue", 85, 92, "%", d(2026, 12, 31),
         "Werkstattleitung", "Politik Satz 2", "Termin", "läuft", agreed),
        ("Z-26-3", "Nacharbeit senken", "Werkstatt", "Werkstatt", "Nacharbeitsquote", 4, 3, "%", d(2026, 12, 31),
         "Werkstattleitung", "Politik Satz 2", "Konformität", "läuft", agreed),
        ("Z-26-4", "Erreichbarkeit am Telefon deutlich verbessern", "Annahme", "Annahme und Ausgabe", None, None, None, None,
         d(2026, 12, 31), "Annahme", "Politik Satz 2", "Zufriedenheit", "läuft", agreed),
        ("Z-26-5", "Werkstatt-Umbau", "Werkstatt", None, "Fertigstellung", 0, 100, "%", None, "Geschäftsführung", "Politik Satz 4",
         "Sonstiges", "läuft", agreed),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Ziele 2026")
        sheet.set_column(1, 1, 46)
        sheet.write(0, 0, "Qualitätsziele 2026", book.add_format({"bold": True, "font_size": 14}))
        heading = ("Nr", "Ziel", "Bereich", "Prozess", "Messgröße", "Ausgangswert", "Zielwert", "Einheit", "bis", "verantwortlich",
                   "Bezug", "Art", "Stand", "beschlossen am")  # fmt: skip
        table(sheet, 2, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Qualitaetsziele_2026.xlsx", _QM, fill)


def _write_legal_register(folder: Path) -> None:
    d = dt.date
    rows: Sequence[Sequence[Cell]] = (
        ("RK-01", "Mängelrechte und Fristen (BGB)", "DE", "alle", "Gewährleistung auf Reparatur und Teile",
         "Geschäftsführung", "Annahme", d(2026, 9, 30), "erfüllt", None),
        ("RK-02", "Produktsicherheit (VO (EU) 2023/988)", "EU", "Gebrauchtgeräte", "Nur sichere Geräte verkaufen",
         "Werkstattleitung", "Verkauf", d(2026, 9, 30), "erfüllt", None),
        ("RK-03", "Elektrische Sicherheit nach Reparatur", "DE", "Haushalt", "Prüfung nach Reparatur mit Protokoll",
         "Werkstattleitung", "Werkstatt", d(2026, 9, 30), "erfüllt", None),
        ("RK-04", "ElektroG", "DE", "Altgeräte", "Rücknahme und Entsorgung", None, "Entsorgung", d(2026, 3, 31),
         "erfüllt", None),
        ("RK-05", "DSGVO", "EU", "Kundendaten", "Löschfristen", "Geschäftsführung", "Büro", d(2024, 3, 14), "erfüllt",
         None),
        ("RK-06", "Altöl und Betriebsstoffe", "DE", "Garten", "Getrennt sammeln, Nachweis", "Werkstattleitung",
         "Entsorgung", d(2024, 3, 14), "erfüllt", None),
        ("RK-07", "Fluorierte Gase (VO (EU) 2024/573)", "EU", "Haushalt", "Sachkunde für Arbeiten am Kältekreis",
         "Werkstattleitung", "Werkstatt", d(2026, 9, 30), "nicht erfüllt", "M-26-04"),
        ("RK-08", "Preisangaben", "DE", "Verkauf", "Endpreise auszeichnen", "Geschäftsführung", "Verkauf",
         d(2026, 3, 31), "erfüllt", None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Rechtskataster")
        sheet.set_column(1, 4, 32)
        heading = ("Nr", "Vorschrift", "Land", "betrifft", "Pflicht", "verantwortlich", "Prozess", "geprüft am",
                   "Stand", "Maßnahme")  # fmt: skip
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Rechtskataster.xlsx", "Geschäftsführung", fill)


def _write_audit_programme(folder: Path) -> None:
    d = dt.date
    rows: Sequence[Sequence[Cell]] = (
        ("IA-25-1", "Werkstatt", "8.5.1, 8.5.2", d(2025, 5, 13), d(2025, 5, 13), "Qualitätsbeauftragte", "IA-25-1.pdf"),
        ("IA-25-2", "Prüfmittel", "7.1.5", d(2025, 10, 7), d(2025, 10, 9), "externer Auditor", "IA-25-2.pdf"),
        ("IA-26-1", "Einkauf", "8.4", d(2026, 3, 10), d(2026, 3, 12), "Qualitätsbeauftragte", "IA-26-1.pdf"),
        ("IA-26-2", "Personal und Schulung", "7.2, 7.3", d(2026, 6, 9), d(2026, 6, 16), "externer Auditor", "Scan0001.pdf"),
        ("IA-26-3", "Annahme und Ausgabe", "8.5.3, 8.5.4", d(2026, 9, 15), None, "externer Auditor", "verschoben"),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Programm")
        sheet.write(0, 0, "Programm interner Audits 2025/2026", book.add_format({"bold": True}))
        heading = ("Audit", "Prozess", "Kapitel", "geplant", "durchgeführt", "Auditor", "Bericht")
        table(sheet, 1, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Auditprogramm.xlsx", _QM, fill)


_TOPICS = ("Kundenzufriedenheit und Rückmeldungen", "Qualitätsziele", "Prozessleistung und Konformität",
           "Fehler und Korrekturmaßnahmen", "Auditergebnisse", "Ressourcen", "Chancen und Risiken")  # fmt: skip


def _write_reviews(folder: Path) -> None:
    d = dt.date

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Termine")
        heading = ("Bewertung", "geplant", "gehalten", "Teilnehmer", "Leitung", "Protokoll", "freigegeben durch")
        people = "Geschäftsführung, Werkstattleitung, Qualitätsbeauftragte"
        table(sheet, 0, heading, (
            ("MB-2024", d(2024, 8, 15), d(2024, 8, 22), people, "Geschäftsführung", "QM/Dokumente/MB-2024 Protokoll.pdf", "Geschäftsführung"),
            ("MB-2025", d(2025, 8, 14), d(2025, 8, 14), people, "Geschäftsführung", "QM/Dokumente/MB-2025 Protokoll.pdf",
             "Geschäftsführung"),
            ("MB-2026", d(2026, 8, 13), None, None, None, None, None),
        ), bold)  # fmt: skip
        topics = book.add_worksheet("Eingaben")
        rows = [("MB-2025", topic, "Protokoll", d(2025, 6, 30), "ja" if at == 0 else "nein")
                for at, topic in enumerate(_TOPICS)]  # fmt: skip
        table(topics, 0, ("Bewertung", "Thema", "Unterlage", "Zahlen bis", "Verlauf gezeigt"), rows, bold)

    xlsx(folder / "Managementbewertungen.xlsx", _QM, fill)


def _write_answers(folder: Path) -> None:
    heading = ("Frage", "Antwort", "Aussage", "Belege", "von", "Rolle", "am", "gültig bis")
    rows = (
        heading,
        ("CF-4.2-a1", "ja", "Drei Mitarbeitende gefragt, alle nennen Käufer und Nutzer", "Gesprächsnotiz 12.10.", _QM,
         "QMB", "12.10.2026", "31.10.2027"),
        ("CF-5.1.2-a1", "ja", "Werkstatt und Annahme gefragt: beide wissen, was Vereinen und Betrieben wichtig ist",
         "Kundengespraeche.xlsx", _QM, "QMB", "12.10.2026", "31.10.2027"),
        ("CF-5.2-1", "ja", "Politik hängt in der Annahme", "Foto", "Geschäftsführung", "GF", "04.11.2024",
         "04.11.2025"),
        ("CF-8.2.3-1", "ja", "Drei große, drei kleine Aufträge angesehen: Machbarkeit und Teile wurden geprüft",
         "25-1412 26-1430 26-1466", _QM, "QMB", "13.10.2026", "31.10.2027"),
        ("CF-9.1.2-1", "ja", "Rückruf und Gespräche passen zu uns", "VA-08", "Geschäftsführung", "GF", "13.10.2026",
         "31.10.2027"),
        ("CF-9.1.2-2", "ja", "Fünf Rückrufzettel gezogen, stimmen mit der Liste", "Ordner Rückrufe", _QM, "QMB",
         "13.10.2026", "31.10.2027"),
        ("CF-8.6-1", "nein", "Bei zwei abgeholten Geräten ist kein Prüfblatt zu finden", "Endpruefung.xlsx", _QM, "QMB",
         "14.10.2026", "31.10.2027"),
    )  # fmt: skip
    write_text(folder / "Antworten_Befragung.csv", csv_text(rows, ";"), encoding="cp1252", newline="\r\n")


# ---------------------------------------------------------------- documents


def _approval(document: Document, number: str, version: str, approved: str, by: str, due: str) -> None:
    rows = (("Dokument-Nr.", number), ("Version", version), ("verantwortlich", _QM), ("freigegeben von", by), ("freigegeben am", approved),
            ("nächste Prüfung", due))  # fmt: skip
    grid = document.add_table(rows=0, cols=2, style="Table Grid")
    for left, right in (row for row in rows if row[1]):
        cells = grid.add_row().cells
        cells[0].text, cells[1].text = left, right
    document.add_paragraph()


def _write_policy(folder: Path) -> None:
    def fill(document: Document) -> None:
        document.add_heading("Qualitätspolitik", 0)
        _approval(document, "", "2", "15.03.2021", "Geschäftsführung", "15.03.2024")
        for text in (
            "Wir reparieren Haushalts- und Gartengeräte so, dass unsere Kunden sie gern und lange benutzen.",
            "Was wir zusagen, halten wir: Preis, Termin und Leihgerät. Wird es teurer, rufen wir vorher an.",
            "Gesetzliche Anforderungen, vor allem die Sicherheit nach der Reparatur, erfüllen wir immer.",
            "Aus Reklamationen lernen wir; jedes Jahr setzen wir uns Ziele.",
        ):
            document.add_paragraph(text)
        document.add_paragraph("Mühlgrund, im März 2021, die Geschäftsführung")

    docx(folder / "Qualitaetspolitik.docx", _QM, fill, changed=dt.datetime(2021, 3, 15, 10, 0))  # noqa: DTZ001


def _write_procedures(folder: Path) -> None:
    def complaints(document: Document) -> None:
        document.add_heading("VA-06 Reklamationen", 0)
        _approval(document, "VA-06", "4", "12.01.2026", "Geschäftsführung", "12.01.2028")
        document.add_heading("1 Zweck", 1)
        document.add_paragraph("Jede Reklamation, egal auf welchem Weg, kommt am selben Tag in die Liste FB-06-1.")
        document.add_heading("3 Fristen", 1)
        document.add_paragraph("3.1 Wer annimmt, trägt einen Zuständigen ein.")
        document.add_paragraph("3.2 Der Kunde bekommt innerhalb von 2 Arbeitstagen eine Bestätigung.")
        document.add_paragraph("3.3 Die Antwort geht innerhalb von 10 Arbeitstagen hinaus.")
        document.add_paragraph("3.4 Nach 30 Arbeitstagen ist der Fall abgeschlossen oder bei der Geschäftsführung.")
        document.add_heading("4 Korrekturmaßnahme", 1)
        document.add_paragraph(
            "Vor dem Abschluss, spätestens nach 30 Tagen, wird entschieden: Korrekturmaßnahme ja oder nein, mit Begründung."
        )
        document.add_paragraph(
            "Bei ja stehen 30 Tage nach dem Anlegen Ursache, Maßnahme, Zuständiger und Termin in der Maßnahmenliste."
        )

    def review(document: Document) -> None:
        document.add_heading("VA-03 Auftragsprüfung", 0)
        _approval(document, "VA-03", "3", "12.01.2026", "Geschäftsführung", "12.01.2028")
        document.add_paragraph("Vor der Zusage an den Kunden prüft die Werkstattleitung jeden Kostenvoranschlag: Teile "
                               "lieferbar? Zeit frei? Sicherheit? Das Ergebnis steht in der Auftragsliste.")  # fmt: skip

    def perception(document: Document) -> None:
        document.add_heading("VA-08 Kundenzufriedenheit", 0)
        _approval(document, "VA-08", "1", "01.03.2024", "Geschäftsführung", "01.03.2027")
        document.add_paragraph("Jeder fünfte Auftrag wird 30 Tage nach Abholung zurückgerufen. Stammkunden werden einmal "
                               "im Jahr besucht. Die Geschäftsführung zieht in der Managementbewertung Schlüsse.")  # fmt: skip

    docx(folder / "VA-06_Reklamationen.docx", _QM, complaints)
    docx(folder / "VA-03_Auftragspruefung.docx", _QM, review, changed=dt.datetime(2026, 1, 12, 9, 0))  # noqa: DTZ001
    docx(folder / "VA-08_Kundenzufriedenheit.docx", _QM, perception, changed=dt.datetime(2024, 3, 1, 9, 0))  # noqa: DTZ001


def _write_minutes(folder: Path) -> None:
    lines = (
        "# Managementbewertung 2025, Protokoll",
        "",
        "Datum: 14.08.2025, 9 bis 12 Uhr, Besprechungsraum",
        "Teilnehmer: Geschäftsführung (Leitung), Werkstattleitung, Qualitätsbeauftragte",
        "",
        "# 1 Kundenzufriedenheit und Rückmeldungen",
        "Rückrufe Juli 2024 bis Juni 2025: Note 2,1 (Vorjahr 2,3). 11 Reklamationen (Vorjahr 14).",
        "Häufigster Grund: zugesagter Termin nicht gehalten.",
        "# 2 Qualitätsziele",
        "Termintreue 85 %, Ziel 90 % verfehlt. Neues Ziel 92 % bis Ende 2026.",
        "# 3 Prozessleistung und Konformität",
        "Nacharbeitsquote 4 %.",
        "# 4 Fehler und Korrekturmaßnahmen",
        "Drei Maßnahmen offen, eine überfällig.",
        "# 5 Auditergebnisse",
        "IA-25-1: eine Nebenabweichung (Kennzeichnung Ersatzteile).",
        "\f",
        "# 6 Ressourcen",
        "Zweiter Lieferwagen ab Oktober.",
        "# 7 Chancen und Risiken",
        "Mehr Gartengeräte mit Akku; Techniker über 55.",
        "",
        "Nächste Bewertung: 13.08.2026",
        "Freigegeben: Geschäftsführung, 21.08.2025",
    )
    held = dt.datetime(2025, 8, 21, 9, 0)  # noqa: DTZ001
    pdf(folder / "MB-2025 Protokoll.pdf", lines, title="Managementbewertung 2025", author=_QM, changed=held)
    scan = (
        "# Auditbericht IA-26-2",
        "",
        "Audit vom 16.06.2026: Personal und Schulung (7.2, 7.3)",
        "Befragt: drei Techniker, Annahme, Büro",
        "Ergebnis: eine Feststellung (Schulungsplan ohne Ablaufdaten)",
        "",
        "Unterschrift Auditor                    Unterschrift Geschäftsführung",
    )
    scanned_pdf(folder / "Scan0001.pdf", scan)


def _write_notes(folder: Path) -> None:
    write_text(folder / "FB-09-1 Vorlage Managementbewertung.md", _TEMPLATE)
    write_text(folder / "Telefonnotiz Bauhof.txt", _PHONE_NOTE, encoding="cp1252", newline="\r\n")
    write_text(folder / "Merkblatt Annahme.md", _LEAFLET)
    write_text(folder / "VA-09 Bewertung und Audits.md", _CYCLE)


_TEMPLATE = """# Managementbewertung [JAHR]

| | |
|---|---|
| Firma | <Firmenname> |
| Datum | TT.MM.JJJJ |
| Teilnehmer | [TODO: Namen eintragen] |
| Version | 1.0 |

## 1 Kundenzufriedenheit

[TODO: Ergebnisse der Befragung einfügen, z. B. Zufriedenheit >= 80 %]

## 2 Reklamationen

Anzahl: ____  davon berechtigt: ____

## 3 Beschlüsse

{{ beschluss_1 }}
"""

_PHONE_NOTE = """Telefonnotiz 23.9.

Bauhof (K-1002) hat angerufen. Freischneider geht wieder aus, wenn er warm ist. War schon im Juli da.
Will wissen ob das auf Garantie geht. Zurückrufen!!
-> erledigt? weiß keiner mehr
"""

_CYCLE = """---
doc_id: VA-09
title: VA-09 Bewertung und Audits
version: 2
status: freigegeben
owner: Qualitätsbeauftragte
approved_by: Geschäftsführung
approved_on: 2025-01-13
review_due: 2028-01-13
---

# VA-09 Bewertung und Audits

2.1 Die Geschäftsführung bewertet das System einmal im Jahr, im August.

2.2 Jedes Kapitel der Norm, das den Kunden betrifft, wird einmal in 12 Monaten intern auditiert.

2.3 Jede Zeile des Rechtskatasters wird einmal in 12 Monaten geprüft.

2.4 Ein Audit oder eine Bewertung darf höchstens 30 Tage nach dem geplanten Tag stattfinden.
"""

_LEAFLET = """---
doc_id: MB-01
title: Merkblatt Annahme
version: 3
status: freigegeben
owner: Annahme
approved_by: Geschäftsführung
approved_on: 2026-01-12
review_due: 2028-01-12
---

# Merkblatt Annahme

1. Zuhören, aufschreiben, was der Kunde mit dem Gerät machen will.
2. Kein Preis ohne Prüfung durch die Werkstattleitung.
3. Ist jemand unzufrieden: in die Liste FB-06-1, auch wenn er dabei lacht.
"""


if __name__ == "__main__":
    _asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    _asked.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path(__file__).parent / "repair-shop",
        help="the folder to write it into (else examples/repair-shop)",
    )
    make(_asked.parse_args().folder)
