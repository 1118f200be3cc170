"""What the owners of a shop are written about their keys."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from galleria.platform.access.model.leaks import Outcome

_DONE: dict[str, str] = {
    "revoked": "The key was revoked at once. Programs that used it need a new one.",
    "ending": "The key ends soon. Replace it before, so that your programs go on.",
    "warned": "Nothing was done, as your settings say. Replace the key now, with no grace window.",
}
MOST_LINE = 200  # of a name or an address that stands in a letter


class KeyLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter about one thing that happened to one key."""

    event_id: UUID
    about: Literal["ending", "leaked", "canary"]
    key_id: UUID
    name: str
    ends_at: datetime | None = None
    outcome: Outcome | str = ""
    place: str = ""


def letter_id(letter: KeyLetter, person_id: UUID) -> UUID:
    """The letter's id for one reader: the same for the same event, whenever it is sent."""
    return uuid5(letter.event_id, str(person_id))


def text_of(letter: KeyLetter, shop_name: str) -> tuple[str, str]:
    """Subject and text."""
    name, place = _line(letter.name), _line(letter.place)
    if letter.about == "ending":
        assert letter.ends_at is not None, "an end has its instant"
        when = f"{letter.ends_at:%Y-%m-%d %H:%M} UTC"
        return (
            f"The key {name} ends on {letter.ends_at:%Y-%m-%d}",
            f"The key “{name}” of {shop_name} opens nothing after {when}.\n\n"
            "Replace it in the back office under Settings, API keys. For a while the old and the "
            "new key are both good, so no program has to stop.\n",
        )
    if letter.about == "leaked":
        found = f"It was found at: {place}\n" if place else ""
        return (
            f"The key {name} was found in public",
            f"The text of the key “{name}” of {shop_name} was found where others can read it.\n"
            f"{found}\n{_DONE.get(letter.outcome, '')}\n",
        )
    return (
        f"Somebody has tried the trap {name}",
        f"The key “{name}” of {shop_name} is a trap that no program uses, and somebody has sent it"
        f"{' from ' + place if place else ''}.\n\nWherever you laid it out, somebody has read what "
        "they should not. Replace the other secrets that lie there.\n",
    )


def _line(text: str) -> str:
    return " ".join(text.split())[:MOST_LINE]
