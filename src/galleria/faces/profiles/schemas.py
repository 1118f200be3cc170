"""What the back office and keys send about channel profiles."""

from typing import Annotated

import msgspec
from msgspec import Meta

from galleria.faces.profiles.model.profiles import (
    DescriptionView,
    Images,
    ListView,
    PriceView,
    Profile,
    ProfileDraft,
    StockView,
    Texts,
)
from galleria.foundation.http import Handle, Name, WireInput

Code = Annotated[str, Meta(max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$(?!\n)")]
Field = Annotated[str, Meta(max_length=80, pattern=r"^[a-z_]+\.[a-z0-9_]+$(?!\n)")]
Whole = Annotated[int, Meta(ge=0, le=10_000_000)]


class WantedImages(WireInput):
    """How pictures are told of; without `widths` they are the originals."""

    most: Whole | None = None
    widths: Annotated[tuple[Whole, ...], Meta(max_length=8)] = ()


class WantedTexts(WireInput):
    """How a description is told; `most` characters of plain text."""

    description: DescriptionView = "html"
    most: Whole | None = None


class WantedProfile(WireInput):
    """All of a profile. What is not sent is as the `web` profile has it at the beginning."""

    name: Name
    left_out: Annotated[tuple[Field, ...], Meta(max_length=60)] = ()
    images: WantedImages = WantedImages()
    texts: WantedTexts = WantedTexts()
    lists: ListView = "whole"
    prices: PriceView = "whole"
    stock: StockView = "few_left"
    channel: Handle | None = None
    payment_methods: Annotated[tuple[Handle, ...], Meta(max_length=30)] | None = None
    with_staff_notes: bool = False
    budget_bytes: Whole | None = None
    staleness_s: Whole = 5

    def draft(self, code: str) -> ProfileDraft:
        """The profile that is wanted under this code."""
        return ProfileDraft(
            code=code,
            name=self.name,
            left_out=tuple(dict.fromkeys(self.left_out)),
            images=Images(most=self.images.most, widths=self.images.widths),
            texts=Texts(description=self.texts.description, most=self.texts.most),
            lists=self.lists,
            prices=self.prices,
            stock=self.stock,
            channel=self.channel,
            payment_methods=self.payment_methods,
            with_staff_notes=self.with_staff_notes,
            budget_bytes=self.budget_bytes,
            staleness_s=self.staleness_s,
        )


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """How much one kind of answer weighs, whole and by the profile, in bytes; `is_over` its
    budget. `body` is the answer itself, when it was asked for."""

    shape: str
    address: str
    whole_bytes: int
    bytes: int
    compressed_bytes: int
    is_over: bool
    body: msgspec.Raw | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile makes of the shop's own answers; nothing is changed."""

    samples: list[Sample]


class ListedProfile(Profile, frozen=True, kw_only=True):
    """A profile with whether it is one that every shop has."""

    is_built_in: bool
