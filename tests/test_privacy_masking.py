"""What a quoted passage does not show, and what it must go on to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.privacy.key import normal
from qmscheck.privacy.mask import Mask
from qmscheck.privacy.masking import masked

KNOWN = {
    normal(n) for n in ("Anna Müller", "S. Keller", "Jean-Luc d'Arc", "MA-03", "Head of service", "Maria von der Heide")
}


def shown(text: str) -> str:
    return masked(text, KNOWN, normal)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Write to anna.mueller@firm.example, please.", "Write to [mail], please."),
        ("Mail: o'neil+qm@sub.firm.co.uk", "Mail: [mail]"),
        ("Call +49 (0)30 123 45-67 now", "Call [phone] now"),
        ("Tel. 030/1234567", "Tel. [phone]"),
        ("Phone (0113) 496 0000.", "Phone [phone]."),
        ("Pay to DE89 3704 0044 0532 0130 00 today", "Pay to [IBAN] today"),
        ("GB82WEST12345698765432", "[IBAN]"),
        ("Anna Müller decided.", "[name] decided."),
        ("decided by ANNA  MÜLLER; see there", "decided by [name]; see there"),
        ("(S. Keller, Jean-Luc d'Arc)", "([name], [name])"),
        ("Maria von der Heide left", "[name] left"),
        ("as MA-03 said", "as [name] said"),
        ("Mr Smith and Frau Dr. von Bergen-Holm agreed", "Mr [name] and Frau [name] agreed"),
        ("Dear Ms. Jane Ann Doe,", "Dear Ms. [name],"),
    ],
)
def test_mail_telephone_account_and_names_are_masked(text: str, wanted: str) -> None:
    assert shown(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Approved on 2026-03-31, 21.08.2025 and 31/12/2025 by the head of service.",
        "The Head of service answers within 14 days; 4.4 After 30 working days.",
        "Order 4500123456 of 1,250,000 pieces; section 8.2.1; 10:30-11:45.",
        "DE12 is no account, nor is AB12 CDEF GHIJ KLMN OPQR.",
        "anna said nothing; Müller GmbH neither",
    ],
)
def test_dates_figures_roles_and_words_stay(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    "name",
    [
        *("Logistik", "Versand", "Produktion", "Entwicklung", "Konstruktion", "Montage", "Arbeitsvorbereitung"),
        *("Disposition", "Empfang", "Labor", "Controlling", "Personalwesen"),
    ],
)
def test_a_department_in_a_column_of_owners_is_no_person(name: str) -> None:
    assert not Mask(lambda: {normal(name)}, normal).is_person(name)
    assert Mask(lambda: {normal("Weber")}, normal).is_person("Weber")


@given(st.text(max_size=400))
def test_any_text_can_be_masked_and_the_same_way_again(text: str) -> None:
    assert shown(text) == shown(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_known_name_between_spaces_is_never_shown(before: str, after: str) -> None:
    assert "Anna Müller" not in shown(f"{before} Anna Müller {after}")
