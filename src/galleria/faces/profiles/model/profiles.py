"""What a profile may say, and the four that every shop has."""

from datetime import datetime
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec

from galleria.faces.profiles.errors import InvalidProfile
from galleria.foundation.errors import FieldError

StockView: TypeAlias = Literal["hidden", "yes_no", "few_left", "by_place"]
PriceView: TypeAlias = Literal["whole", "lowest"]
ListView: TypeAlias = Literal["whole", "compact"]
DescriptionView: TypeAlias = Literal["html", "text", "none"]

MOST_PROFILES = 50  # of one shop, the four built-in ones among them
MOST_CHARACTERS = 20_000
LARGEST_BUDGET_BYTES = 10_000_000
LONGEST_STALENESS_S = 3_600
SHORTEST_TEXT = 20  # characters: less than a short sentence is better left out

# What may be left out, by what an answer is made of. What names a thing, what it costs and whether
# it can be had stay: without them no client can sell.
LEAVABLE = {
    "product": (
        *("brand", "product_type", "tags", "options", "attributes", "categories", "collections"),
        *("metafields", "relations", "seo_title", "seo_description", "published_at", "images"),
    ),
    "card": (
        *("brand", "published_at", "compare_at", "lowest_30d_minor", "highlights", "image"),
        *("variant_count", "only_variant_id"),
    ),
    "variant": (
        *("sku", "image_url", "metafields", "components", "compare_at", "lowest_30d_minor"),
        *("offer", "available_on"),
    ),
    "search": ("facets", "ranges", "price_range", "completeness", "total_variants"),
}


class Images(msgspec.Struct, frozen=True, kw_only=True):
    """How pictures are told of: `most` of them (None: all), to be had in these widths in pixels.

    Without widths a picture is the original, as its shop sent it.
    """

    most: int | None = None
    widths: tuple[int, ...] = ()


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """A product's description: as HTML, as plain text or not at all; `most` characters of it."""

    description: DescriptionView = "html"
    most: int | None = None


class ProfileDraft(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of client is answered.

    Args:
        code: how clients ask for it.
        name: what the shop calls it.
        left_out: fields that answers do not have, as `product.tags`, see `LEAVABLE`.
        images: how pictures are told of.
        texts: how descriptions are told.
        lists: cards as they are, or with no more than a grid of small pictures shows.
        prices: the whole price range with what it was before, or the lowest price alone.
        stock: nothing, whether it can be had, also how many when there are few, or how many lie
            at each place.
        channel: the sales channel whose prices hold where a client names none.
        payment_methods: those offered, the first one first; None for all.
        with_staff_notes: answers carry what is written for staff, to those who may read it.
        budget_bytes: what an answer may weigh before the shop is warned; None for no bound.
        staleness_s: how long an answer may be kept in common.
    """

    code: str
    name: str
    left_out: tuple[str, ...] = ()
    images: Images = Images()
    texts: Texts = Texts()
    lists: ListView = "whole"
    prices: PriceView = "whole"
    stock: StockView = "few_left"
    channel: str | None = None
    payment_methods: tuple[str, ...] | None = None
    with_staff_notes: bool = False
    budget_bytes: int | None = None
    staleness_s: int = 5


class Profile(ProfileDraft, frozen=True, kw_only=True, dict=True):
    """A profile as the shop keeps it. A built-in one that was never changed has version 0."""

    version: int = 0
    updated_at: datetime | None = None

    @property
    def draft(self) -> ProfileDraft:
        """What it says, without how it is kept."""
        known = {name: getattr(self, name) for name in ProfileDraft.__struct_fields__}
        return ProfileDraft(**known)

    @cached_property
    def changes_nothing(self) -> bool:
        """True when an answer by it is what the rooms answer anyway."""
        return _look_of(self) == _WHOLE

    @cached_property
    def tag(self) -> str:
        """Tells apart what is kept by it: another profile or version has another one."""
        return f"{self.code}.{self.version}"


def _look_of(profile: ProfileDraft) -> tuple[object, ...]:
    return (
        *(frozenset(profile.left_out), profile.images, profile.texts, profile.lists),
        *(profile.prices, profile.stock, profile.with_staff_notes, profile.payment_methods),
    )


WEB = Profile(code="web", name="Web", budget_bytes=60_000)
MOBILE = Profile(
    code="mobile",
    name="Mobile",
    left_out=(
        *("product.product_type", "product.tags", "product.collections", "product.seo_title"),
        *("product.seo_description", "product.published_at", "product.metafields"),
        *("variant.sku", "variant.metafields", "variant.components", "search.completeness"),
        *("search.total_variants", "search.ranges"),
    ),
    images=Images(most=3, widths=(320, 640)),
    texts=Texts(description="text", most=200),
    lists="compact",
    prices="lowest",
    stock="yes_no",
    budget_bytes=8_000,
    staleness_s=10,
)
KIOSK = Profile(
    code="kiosk",
    name="Kiosk",
    left_out=(
        *("product.seo_title", "product.seo_description", "product.published_at", "product.tags"),
        *("card.published_at", "card.highlights", "search.completeness"),
    ),
    images=Images(most=5, widths=(640, 1280)),
    texts=Texts(description="text", most=600),
    stock="by_place",
    with_staff_notes=True,
    budget_bytes=30_000,
    staleness_s=2,
)
AGENT = Profile(
    code="agent",
    name="Agent",
    left_out=("product.seo_title", "product.seo_description", "card.highlights"),
    images=Images(most=2, widths=(640,)),
    texts=Texts(description="text", most=2_000),
    budget_bytes=20_000,
)
BUILT_IN = {each.code: each for each in (WEB, MOBILE, KIOSK, AGENT)}
_WHOLE = _look_of(WEB)


def check(draft: ProfileDraft) -> None:
    """Pass when a shop can have such a profile.

    Raises:
        InvalidProfile: with a field error for each reason.
    """
    wrong = [
        *_wrong_fields(draft),
        *_wrong_images(draft.images),
        *_outside("texts.most", draft.texts.most, SHORTEST_TEXT, MOST_CHARACTERS),
        *_outside("budget_bytes", draft.budget_bytes, 100, LARGEST_BUDGET_BYTES),
        *_outside("staleness_s", draft.staleness_s, 0, LONGEST_STALENESS_S),
    ]
    if draft.texts.most is not None and draft.texts.description == "html":
        wrong.append(
            FieldError("texts.most", "html_not_cut", "only plain text is cut; HTML comes whole")
        )
    if draft.payment_methods is not None and _repeats(draft.payment_methods):
        wrong.append(FieldError("payment_methods", "repeated", "each method once"))
    if wrong:
        raise InvalidProfile("; ".join(each.message for each in wrong), errors=wrong)


def _wrong_fields(draft: ProfileDraft) -> list[FieldError]:
    known = {f"{kind}.{name}" for kind, names in LEAVABLE.items() for name in names}
    return [
        FieldError(f"left_out[{at}]", "unknown_field", f"{name[:80]!r} cannot be left out")
        for at, name in enumerate(draft.left_out)
        if name not in known
    ]


def _wrong_images(images: Images) -> list[FieldError]:
    wrong = _outside("images.most", images.most, 0, 250)
    if any(not 16 <= width <= 4096 for width in images.widths) or _repeats(images.widths):
        wrong.append(
            FieldError("images.widths", "invalid_width", "each width once, from 16 to 4096 pixels")
        )
    return wrong


def _outside(path: str, value: int | None, least: int, most: int) -> list[FieldError]:
    if value is None or least <= value <= most:
        return []
    return [FieldError(path, "out_of_range", f"{path} lies from {least} to {most}")]


def _repeats(values: tuple[object, ...]) -> bool:
    return len(set(values)) != len(values)
