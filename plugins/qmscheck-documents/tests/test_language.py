"""The language of a text, by its small words or its letters."""
# ruff: noqa: RUF001  (letters that look alike are what is tested)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.language import _WORD, _words, language_of

#: The same sentence, in our own translations.
SENTENCES = {
    "bg": "Клиентът трябва да бъде информиран за резултата и за срока, както и за мерките, които са взети.",
    "cs": "Zákazník musí být informován o výsledku a o termínu, který je v plánu, a podle něj se jedná.",
    "da": "Kunden skal have besked om resultatet og om datoen, og der skal ikke gå mere end to dage fra den dag.",
    "de": "Der Kunde wird über das Ergebnis und die Maßnahmen informiert.",
    "el": "Ο πελάτης πρέπει να ενημερώνεται για το αποτέλεσμα και για την ημερομηνία.",
    "en": "The customer is informed of the result and of the date.",
    "es": "El cliente debe ser informado del resultado y de la fecha, y no se cierra una queja sin que lo sepa.",
    "fi": "Asiakas saa tiedon tuloksesta ja päivästä, ja asia ei ole valmis ennen kuin se on kirjattu, että hän tietää.",
    "fr": "Le client est informé du résultat et de la date, et une réclamation ne se ferme pas sans que le client le sache.",
    "hu": "A vevő értesül az eredményről és a határidőről, és egy panasz nem zárható le, amíg a vevő nem tud róla.",
    "it": "Il cliente è informato del risultato e della data, e un reclamo non si chiude senza che il cliente lo sappia.",
    "ja": "お客様には結果と期日をお知らせします。",
    "nl": "De klant wordt op de hoogte gesteld van het resultaat en van de datum, en een klacht is niet klaar voor die tijd.",
    "pl": "Klient jest informowany o wyniku i o terminie, a reklamacja nie jest zamknięta, dopóki nie wie się, że się zgadza.",
    "pt": "O cliente é informado do resultado e da data, e uma reclamação não se fecha sem que o cliente o saiba.",
    "ro": "Clientul este informat de rezultat și de dată, iar o reclamație nu se închide fără ca acesta să știe din timp.",
    "ru": "Клиент должен быть извещён о результате и о сроке, и жалоба не считается закрытой.",
    "sv": "Kunden ska få besked om resultatet och om datumet, och det är inte klart förrän kunden vet det.",
    "tr": "Müşteri sonuç ve tarih için bilgilendirilir; bir şikayet müşteri ile konuşulmadan ve bu ekip olarak kapanmaz.",
    "uk": "Клієнт має бути поінформований про результат і термін, її скарга не є закритою.",
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_one_sentence_tells_its_language(language: str) -> None:
    assert language_of(SENTENCES[language]) == language


@pytest.mark.parametrize(
    "text", ["", "ISO 9001", "De Vries, Van den Berg", "Acme S.A. de C.V. | El Paso | La Paz", "12,5 %"]
)
def test_names_and_numbers_tell_no_language(text: str) -> None:
    assert language_of(text) is None


def test_a_word_or_two_of_another_language_do_not_turn_a_text() -> None:
    text = "Our policy is posted in the hall. " * 3 + SENTENCES["fr"]
    assert language_of("The firm Le Petit et La Grande of Paris is a customer of ours. " * 4) == "en"
    assert language_of(text) in {"en", None}


@given(st.text(max_size=300))
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    found = language_of(text)
    assert found is None or len(found) == 2


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_the_words_of_a_text_are_its_runs_of_letters_whatever_else_it_holds(text: str) -> None:
    assert _words(text) == _WORD.findall(text)
