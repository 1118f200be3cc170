"""What an agent chose beside its cart: who buys, where it goes and how; and what is missing yet."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.customers import PostalAddress
from galleria.faces.agents.errors import InvalidRequest
from galleria.foundation.errors import FieldError
from galleria.foundation.http import Email

Short = Annotated[str, Meta(max_length=200)]
# Ours, since an agent may call a parcel and its method as it likes: there is one of each.
METHOD_ID = "shipping"
GROUP_ID = "parcel"
DESTINATION_ID = "destination"


class Buyer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who buys. Of the names the two parts count before the whole."""

    email: Annotated[str, Meta(max_length=254)] | None = None
    first_name: Short | None = None
    last_name: Short | None = None
    full_name: Short | None = None
    phone_number: Annotated[str, Meta(max_length=40)] | None = None


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a parcel goes, in the words of the protocol."""

    id: Short | None = None
    street_address: Short | None = None
    extended_address: Short | None = None
    address_locality: Short | None = None
    address_region: Short | None = None
    postal_code: Annotated[str, Meta(max_length=20)] | None = None
    address_country: Annotated[str, Meta(max_length=2)] | None = None
    first_name: Short | None = None
    last_name: Short | None = None
    full_name: Short | None = None
    phone_number: Annotated[str, Meta(max_length=40)] | None = None


class Line(msgspec.Struct, frozen=True):
    """So many pieces of what has this id."""

    item_id: str
    quantity: int


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of it, as it is kept beside the cart."""

    buyer: Buyer | None = None
    place: Place | None = None
    option: str | None = None


class Lack(msgspec.Struct, frozen=True):
    """Something that stands in the way of buying: a code, where, and a sentence."""

    code: str
    path: str
    content: str


def variant_ids_of(lines: Sequence[Line]) -> dict[UUID, int]:
    """Pieces by variant, those of one variant together.

    Raises:
        InvalidRequest: an id is none of ours, so it cannot be for sale.
    """
    pieces: dict[UUID, int] = {}
    for position, line in enumerate(lines):
        try:
            variant_id = UUID(line.item_id)
        except ValueError:
            message = f"nothing with the id {line.item_id[:60]!r} is for sale"
            where = FieldError(f"line_items[{position}].item.id", "item_unavailable", message)
            raise InvalidRequest(message, errors=[where]) from None
        pieces[variant_id] = pieces.get(variant_id, 0) + line.quantity
    return pieces


def name_of(*named: Buyer | Place | None) -> str:
    """The first name that somebody gave, of a place before that of the buyer."""
    for each in named:
        if each is None:
            continue
        parts = " ".join(part for part in (each.first_name, each.last_name) if part)
        if name := parts.strip() or (each.full_name or "").strip():
            return name
    return ""


def lacks_of(choices: Choices, *, is_shipped: bool, options: Sequence[str]) -> list[Lack]:
    """What the agent still has to say before the cart can be bought.

    `options` are the codes of the shipping methods that go where the parcel goes.
    """
    lacks = []
    email = choices.buyer.email if choices.buyer else None
    if not email:
        lacks.append(Lack("missing", "$.buyer.email", "The buyer's e-mail address is required"))
    elif not _is_email(email):
        lacks.append(Lack("invalid", "$.buyer.email", "This is no e-mail address"))
    if is_shipped:
        lacks += _lacks_of_shipping(choices, options)
    return lacks


def _lacks_of_shipping(choices: Choices, options: Sequence[str]) -> list[Lack]:
    method = "$.fulfillment.methods[0]"
    if choices.place is None:
        where = f"{method}.selected_destination_id"
        return [Lack("missing", where, "An address to send to is required")]
    lacks = [
        Lack("missing", f"{method}.destinations[0].{field}", f"The address lacks {field}")
        for field in ("street_address", "address_locality", "address_country")
        if not getattr(choices.place, field)
    ]
    if not name_of(choices.place, choices.buyer):
        lacks.append(Lack("missing", "$.buyer.full_name", "Say who receives it"))
    if not lacks:
        lacks += [
            Lack("invalid", f"{method}.destinations[0].{each.path}", each.message)
            for each in _address_errors(choices)
        ]
    if choices.option not in options:
        where = f"{method}.groups[0].selected_option_id"
        said = "Choose one of the shipping options" if options else "Nothing is sent there"
        lacks.append(Lack("missing" if choices.option is None else "invalid", where, said))
    return lacks


def address_of(choices: Choices) -> PostalAddress | None:
    """The address in the words of the house; None while there is none.

    Raises:
        msgspec.ValidationError: it is not one that a carrier takes.
    """
    place = choices.place
    if place is None:
        return None
    told: dict[str, Any] = {
        "name": name_of(place, choices.buyer),
        "line1": place.street_address,
        "line2": place.extended_address,
        "city": place.address_locality,
        "region": place.address_region,
        "postal_code": place.postal_code,
        "country": place.address_country,
        "phone": place.phone_number,
    }
    return msgspec.convert({key: value for key, value in told.items() if value}, PostalAddress)


def _address_errors(choices: Choices) -> list[FieldError]:
    try:
        address_of(choices)
    except msgspec.ValidationError as error:
        return [FieldError("address_country", "invalid", str(error)[:200])]
    return []


def _is_email(text: str) -> bool:
    try:
        msgspec.convert(text, Email)
    except msgspec.ValidationError:
        return False
    return True
