"""The mails of the accounts room, in the shopper's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

LetterKind = Literal[
    "sign_in",
    "password",
    "email_change",
    "email_stop",
    "email_changed",
    "password_changed",
    "passkey_added",
    "account_closed",
]
LinkKind = Literal["sign_in", "password", "email_change", "email_stop"]
LINK_TOKEN = "signin"  # noqa: S105 - the kind of its tokens
OUTDATED_AFTER_HOURS = 24  # a letter that could not be sent for so long is not sent any more


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came with the request for a letter, to be used when its link is followed."""

    name: str = ""
    accepts_marketing: bool = False


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that was asked for. `customer_id` is None while only an address was named."""

    letter_id: UUID
    kind: LetterKind
    email: str
    customer_id: UUID | None
    locale: str
    said: Said
    created_at: datetime
    sent_at: datetime | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What the link in a letter is for."""

    kind: LinkKind
    letter: Letter


class LinkShown(msgspec.Struct, frozen=True, kw_only=True):
    """What following a link would do. Asking changes nothing, so mail scanners use nothing up."""

    kind: LinkKind
    email: str
    opens_account: bool


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter's words need."""

    shop: str
    minutes: int
    url: str = ""


_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "sign_in": (
            "Sign in to {shop}",
            "Open this link to sign in to {shop}. It works once and for {minutes} minutes, on any"
            " device:\n\n{url}\n\nIf you did not ask for it, you need do nothing: without the link"
            " nobody can sign in.",
        ),
        "open": (
            "Open your account at {shop}",
            "Open this link to confirm your e-mail address and open your account at {shop}. It"
            " works once and for {minutes} minutes:\n\n{url}\n\nIf you did not ask for it, you"
            " need do nothing: without the link there is no account.",
        ),
        "password": (
            "A new password for {shop}",
            "Open this link to choose a new password for {shop}. It works once and for {minutes}"
            " minutes:\n\n{url}\n\nIf you did not ask for it, you need do nothing: your password"
            " stays as it is.",
        ),
        "email_change": (
            "Confirm your new e-mail address for {shop}",
            "Open this link to sign in to {shop} with this e-mail address from now on. It works"
            " once and for {minutes} minutes:\n\n{url}\n\nIf you did not ask for it, you need do"
            " nothing.",
        ),
        "email_stop": (
            "Your e-mail address at {shop} is to be changed",
            "Somebody who is signed in to your account at {shop} asked to change its e-mail"
            " address. If it was you, you need do nothing: confirm it in the mail to the new"
            " address.\n\nIf it was not you, open this link. It stops the change and signs out"
            " every device:\n\n{url}",
        ),
        "email_changed": (
            "Your e-mail address at {shop} was changed",
            "Your account at {shop} has another e-mail address now, and this one no longer opens"
            " it. If it was not you, write to the shop.",
        ),
        "password_changed": (
            "Your password at {shop} was changed",
            "The password of your account at {shop} was changed, and all other devices were signed"
            " out. If it was not you, ask for a new password on the page to sign in.",
        ),
        "passkey_added": (
            "A passkey was added to your account at {shop}",
            "A passkey was added to your account at {shop}. If it was not you, remove it on the"
            " page of your account, and choose a new password.",
        ),
        "account_closed": (
            "Your account at {shop} is deleted",
            "Your account at {shop} is deleted, as you asked. Your orders are kept for as long as"
            " the law has the shop keep them.",
        ),
    },
    "de": {
        "sign_in": (
            "Anmelden bei {shop}",
            "Öffnen Sie diesen Link, um sich bei {shop} anzumelden. Er gilt einmal und"
            " {minutes} Minuten lang, auf jedem Gerät:\n\n{url}\n\nWenn Sie ihn nicht angefordert"
            " haben, brauchen Sie nichts zu tun: Ohne den Link meldet sich niemand an.",
        ),
        "open": (
            "Ihr Konto bei {shop}",
            "Öffnen Sie diesen Link, um Ihre E-Mail-Adresse zu bestätigen und Ihr Konto bei {shop}"
            " zu eröffnen. Er gilt einmal und {minutes} Minuten lang:\n\n{url}\n\nWenn Sie ihn"
            " nicht angefordert haben, brauchen Sie nichts zu tun: Ohne den Link gibt es kein"
            " Konto.",
        ),
        "password": (
            "Ein neues Passwort für {shop}",
            "Öffnen Sie diesen Link, um ein neues Passwort für {shop} zu wählen. Er gilt einmal"
            " und {minutes} Minuten lang:\n\n{url}\n\nWenn Sie ihn nicht angefordert haben,"
            " brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.",
        ),
        "email_change": (
            "Bestätigen Sie Ihre neue E-Mail-Adresse bei {shop}",
            "Öffnen Sie diesen Link, um sich bei {shop} künftig mit dieser E-Mail-Adresse"
            " anzumelden. Er gilt einmal und {minutes} Minuten lang:\n\n{url}\n\nWenn Sie ihn"
            " nicht angefordert haben, brauchen Sie nichts zu tun.",
        ),
        "email_stop": (
            "Ihre E-Mail-Adresse bei {shop} soll geändert werden",
            "Jemand, der in Ihrem Konto bei {shop} angemeldet ist, möchte dessen E-Mail-Adresse"
            " ändern. Wenn Sie es waren, brauchen Sie nichts zu tun: Bestätigen Sie es in der"
            " Nachricht an die neue Adresse.\n\nWenn Sie es nicht waren, öffnen Sie diesen Link."
            " Er hält die Änderung auf und meldet alle Geräte ab:\n\n{url}",
        ),
        "email_changed": (
            "Ihre E-Mail-Adresse bei {shop} wurde geändert",
            "Ihr Konto bei {shop} hat jetzt eine andere E-Mail-Adresse, und diese öffnet es nicht"
            " mehr. Wenn Sie es nicht waren, schreiben Sie dem Geschäft.",
        ),
        "password_changed": (
            "Ihr Passwort bei {shop} wurde geändert",
            "Das Passwort Ihres Kontos bei {shop} wurde geändert, und alle anderen Geräte wurden"
            " abgemeldet. Wenn Sie es nicht waren, fordern Sie auf der Anmeldeseite ein neues"
            " Passwort an.",
        ),
        "passkey_added": (
            "Ein Passkey kam zu Ihrem Konto bei {shop} hinzu",
            "Zu Ihrem Konto bei {shop} kam ein Passkey hinzu. Wenn Sie es nicht waren, entfernen"
            " Sie ihn auf der Seite Ihres Kontos und wählen Sie ein neues Passwort.",
        ),
        "account_closed": (
            "Ihr Konto bei {shop} ist gelöscht",
            "Ihr Konto bei {shop} ist gelöscht, wie Sie es wünschten. Ihre Bestellungen bleiben so"
            " lange, wie das Gesetz es vom Geschäft verlangt.",
        ),
    },
}


def words_of(kind: str, locale: str, wording: Wording) -> tuple[str, str]:
    """Subject and text of a letter; `open` is a sign-in for somebody who has no account yet."""
    subject, text = _WORDS.get(locale[:2], _WORDS["en"])[kind]
    said = msgspec.structs.asdict(wording)
    return subject.format(**said), f"{text.format(**said)}\n\n{wording.shop}\n"
