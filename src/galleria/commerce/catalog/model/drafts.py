"""What an importer or a form says a product should be, and what may be wrong with it.

A draft is the whole truth about its product: what it leaves out is taken away by a merge. Only
fields that may be None (status, categories, collections, translations, seo, metafields) leave what
is there.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta, field

from galleria.commerce.attributes import NewMetafields
from galleria.commerce.catalog.model.products import (
    MAX_OPTIONS,
    MAX_VARIANTS,
    STATUSES,
    AttributeValue,
    Option,
    Seo,
    Status,
    Translation,
)
from galleria.commerce.catalog.model.structure import MAX_DEPTH, MAX_HANDLE_LENGTH, MAX_NAME_LENGTH
from galleria.foundation.errors import FieldError
from galleria.foundation.http import (
    HttpUrl,
    LocaleCode,
    LongText,
    Name,
    ShortText,
    Sku,
    WireInput,
)

MAX_TITLE_LENGTH = 500
MAX_DESCRIPTION_LENGTH = 50_000
MAX_BRAND_LENGTH = 200
MAX_TAGS = 250
MAX_TAG_LENGTH = 255
MAX_MEDIA = 250
MAX_OPTION_VALUES = 2_048
# Three of them in UTF-8 still fit a B-tree entry.
MAX_OPTION_LENGTH = 100
MAX_SKU_LENGTH = 100
MAX_URL_LENGTH = 2_000
MAX_REF_LENGTH = 200
MAX_TRANSLATIONS = 50
MAX_CATEGORIES = 50
MAX_WEIGHT_G = 2_000_000_000  # an int4

_HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_URL = re.compile(r"https?://[^\s\x00-\x1f/?#]+[^\s\x00-\x1f]*")

Outcome: TypeAlias = Literal["created", "changed", "unchanged", "refused"]


ProductHandle: TypeAlias = Annotated[
    str, Meta(max_length=MAX_HANDLE_LENGTH, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$(?!\n)")
]
Words: TypeAlias = dict[LocaleCode, ShortText]


# `gc=False`: a draft has no cycles, and imports make these by the million.
class VariantDraft(WireInput, omit_defaults=True, frozen=True, kw_only=True, gc=False):
    """One variant of a draft; `option_values` has one value for each option. Weight in grams."""

    sku: Sku | None = None
    barcode: Sku | None = None
    option_values: list[ShortText] = field(default_factory=list)
    weight_g: Annotated[int, Meta(ge=0, le=MAX_WEIGHT_G)] | None = None
    is_shippable: bool = True
    is_taxable: bool = True
    image_url: HttpUrl | None = None
    external_ref: ShortText | None = None
    metafields: NewMetafields | None = None


class MediaDraft(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """A picture, by the address it is fetched from or by the id it has already."""

    source_url: HttpUrl | None = None
    media_id: UUID | None = None
    alt: ShortText = ""
    alts: Words = field(default_factory=dict)


class ProductDraft(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """A product as somebody wants it. `external_ref`, where given, finds it before `handle` does.

    `category_paths` are names from the root ([["Prints", "A3"]]), `collections` are handles;
    both are made when missing. Only a product made by itself may leave its handle empty.
    """

    handle: ProductHandle = ""
    title: ShortText
    description_html: LongText = ""
    brand: ShortText = ""
    product_type: ShortText = ""
    tags: list[ShortText] = field(default_factory=list)
    status: Status | None = None
    attributes: dict[str, AttributeValue] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    variants: list[VariantDraft] = field(default_factory=lambda: [VariantDraft()])
    media: list[MediaDraft] = field(default_factory=list)
    category_paths: list[list[Name]] | None = None
    collections: list[Name] | None = None
    translations: dict[LocaleCode, Translation] | None = None
    seo: Seo | None = None
    external_ref: ShortText | None = None
    metafields: NewMetafields | None = None


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a draft.

    `key` is its external_ref, or its handle. `variant_ids` are in the order of the draft's
    variants; empty when refused, and for a product that a preview would create. Those of
    `removed_variant_ids` were its variants before, and exist no more.
    """

    key: str
    handle: str
    product_id: UUID | None
    outcome: Outcome
    variant_ids: list[UUID] = field(default_factory=list)
    errors: list[FieldError] = []
    removed_variant_ids: list[UUID] = []


class BulkWork(msgspec.Struct, frozen=True):
    """Work on many products that the history tells as one: its id, which part of it, and why.

    `cause` is like "import:0192…". No two transactions do the same part.
    """

    work_id: UUID
    part: int
    cause: str


# Keys sorted, so that the order of a file's columns does not make a product look changed.
_canonical = msgspec.json.Encoder(order="deterministic")


def content_hash(draft: ProductDraft) -> bytes:
    """16 bytes that differ when the drafts do. The status is left out: it is compared by itself,
    so that a product put on sale by hand does not look changed.

    Raises:
        UnicodeEncodeError: the draft holds half a character (a lone surrogate).
    """
    encoded = _canonical.encode(
        draft if draft.status is None else msgspec.structs.replace(draft, status=None)
    )
    # PostgreSQL text cannot hold NUL. In JSON it is always written so; the longer look at the
    # strings themselves is only for text that speaks about NUL.
    if b"\\u0000" in encoded and any("\0" in text for text in _strings(draft)):
        raise NulCharacter
    return blake2b(encoded, digest_size=16).digest()


class NulCharacter(Exception):
    """A text of a draft holds the character NUL."""


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _strings(getattr(value, name))


def check_draft(draft: ProductDraft) -> list[FieldError]:
    """All that is wrong with a draft by itself, whatever else the shop holds.

    Attributes are checked against the dictionary by `check_attributes`.
    """
    errors = _check_texts(draft)
    errors += check_options(draft.options)
    errors += _check_variants(draft.variants)
    errors += check_combinations(draft.options, [v.option_values for v in draft.variants])
    errors += check_media(draft.media)
    if draft.translations:
        errors += check_translations(draft.translations)
    if draft.category_paths:
        errors += _check_categories(draft.category_paths)
    if draft.collections:
        errors += _check_each("collections", draft.collections, MAX_CATEGORIES, MAX_NAME_LENGTH)
    return errors


def _check_texts(draft: ProductDraft) -> list[FieldError]:
    errors: list[FieldError] = []
    if not draft.title.strip():
        errors.append(FieldError("title", "required", "a product has a title"))
    if len(draft.handle) > MAX_HANDLE_LENGTH or not _HANDLE.fullmatch(draft.handle):
        message = "lower-case ASCII words joined by hyphens, at most 120 characters"
        errors.append(FieldError("handle", "invalid_handle", message))
    for path, text, most in (
        ("title", draft.title, MAX_TITLE_LENGTH),
        ("description_html", draft.description_html, MAX_DESCRIPTION_LENGTH),
        ("brand", draft.brand, MAX_BRAND_LENGTH),
        ("product_type", draft.product_type, MAX_NAME_LENGTH),
        ("external_ref", draft.external_ref or "", MAX_REF_LENGTH),
    ):
        if len(text) > most:
            errors.append(too_long(path, most))
    if draft.status is not None and draft.status not in STATUSES:
        errors.append(FieldError("status", "unknown_value", "draft, active or archived"))
    if draft.external_ref == "":
        errors.append(FieldError("external_ref", "required", "not empty, or none"))
    return errors + _check_each("tags", draft.tags, MAX_TAGS, MAX_TAG_LENGTH)


def too_long(path: str, most: int) -> FieldError:
    """The error of a text longer than `most` characters."""
    return FieldError(path, "too_long", f"at most {most} characters")


def _check_each(path: str, texts: Sequence[str], most: int, length: int) -> list[FieldError]:
    """Errors of a list of short texts."""
    errors = [too_long(f"{path}[{at}]", length) for at, t in enumerate(texts) if len(t) > length]
    errors += [
        FieldError(f"{path}[{at}]", "required", "not empty") for at, t in enumerate(texts) if not t
    ]
    if len(texts) > most:
        errors.append(FieldError(path, "too_many", f"at most {most}"))
    return errors


def check_options(options: Sequence[Option]) -> list[FieldError]:
    """Errors of the axes: at most three, with distinct names, each with distinct values.

    One without values is an axis of numbers, any number: whether it may be is for the dictionary.
    """
    errors: list[FieldError] = []
    if len(options) > MAX_OPTIONS:
        errors.append(FieldError("options", "too_many_options", f"at most {MAX_OPTIONS}"))
    names = [option.name for option in options]
    if len(set(names)) < len(names):
        errors.append(FieldError("options", "duplicate_option", "option names are distinct"))
    errors += _check_each("options", names, MAX_OPTIONS, MAX_OPTION_LENGTH)
    for axis, option in enumerate(options):
        path = f"options[{axis}].values"
        if len(set(option.values)) < len(option.values):
            errors.append(FieldError(path, "duplicate_value", "values are distinct"))
        errors += _check_each(path, option.values, MAX_OPTION_VALUES, MAX_OPTION_LENGTH)
    return errors


def _check_variants(variants: Sequence[VariantDraft]) -> list[FieldError]:
    if not 1 <= len(variants) <= MAX_VARIANTS:
        code = "too_many_variants" if variants else "required"
        return [FieldError("variants", code, f"from 1 to {MAX_VARIANTS} variants")]
    errors: list[FieldError] = []
    holders: dict[str, int] = {}
    for at, variant in enumerate(variants):
        errors += check_variant(variant, f"variants[{at}].")
        if variant.sku is not None and holders.setdefault(variant.sku, at) != at:
            message = f"variant {holders[variant.sku]} has this SKU"
            errors.append(FieldError(f"variants[{at}].sku", "duplicate_sku", message))
    return errors


def check_variant(variant: VariantDraft, path: str = "") -> list[FieldError]:
    """Errors of a variant by itself; `path` goes before the field's name."""
    errors: list[FieldError] = []
    for name, text, most in (
        ("sku", variant.sku, MAX_SKU_LENGTH),
        ("barcode", variant.barcode, MAX_SKU_LENGTH),
        ("external_ref", variant.external_ref, MAX_REF_LENGTH),
    ):
        if text is None:
            continue
        if len(text) > most:
            errors.append(too_long(path + name, most))
        elif not text.strip():
            errors.append(FieldError(path + name, "required", "not empty, or none"))
    errors += _check_url(path + "image_url", variant.image_url)
    if variant.weight_g is not None and not 0 <= variant.weight_g <= MAX_WEIGHT_G:
        errors.append(FieldError(path + "weight_g", "out_of_range", "grams, zero or more"))
    return errors


def _check_url(path: str, url: str | None) -> list[FieldError]:
    if url is None:
        return []
    if len(url) > MAX_URL_LENGTH:
        return [too_long(path, MAX_URL_LENGTH)]
    return [] if _URL.fullmatch(url) else [FieldError(path, "invalid_url", "http or https")]


def check_combinations(
    options: Sequence[Option], combinations: Sequence[Sequence[str]]
) -> list[FieldError]:
    """Errors of the variants' option values: one known value an axis, no combination twice."""
    errors: list[FieldError] = []
    known = [frozenset(option.values) for option in options]
    first: dict[tuple[str, ...], int] = {}
    for at, values in enumerate(combinations):
        path = f"variants[{at}].option_values"
        wrong = [
            _combination_error(path, axis, options, known, values)
            for axis in range(max(len(options), len(values)))
            if not _is_on_axis(axis, known, values)
        ]
        errors += wrong
        if not wrong and first.setdefault(tuple(values), at) != at:
            message = f"variant {first[tuple(values)]} has these values"
            errors.append(FieldError(path, "duplicate_combination", message))
    return errors


def _is_on_axis(axis: int, known: Sequence[frozenset[str]], values: Sequence[str]) -> bool:
    """The combination has a value on this axis that there is, any where none is listed."""
    if axis >= len(values) or axis >= len(known):
        return False
    return values[axis] in known[axis] if known[axis] else bool(values[axis])


def _combination_error(
    path: str,
    axis: int,
    options: Sequence[Option],
    known: Sequence[frozenset[str]],
    values: Sequence[str],
) -> FieldError:
    if axis >= len(options):
        return FieldError(path, "too_many_option_values", f"there are {len(options)} options")
    name = options[axis].name
    if axis >= len(values) or not values[axis]:
        return FieldError(f"{path}[{axis}]", "missing_option_value", f"a value for {name!r}")
    message = f"{values[axis][:50]!r} is no value of {name!r}"
    return FieldError(f"{path}[{axis}]", "unknown_option_value", message)


def check_media(media: Sequence[MediaDraft]) -> list[FieldError]:
    """Errors of the pictures: an address or an id each."""
    errors: list[FieldError] = []
    if len(media) > MAX_MEDIA:
        errors.append(FieldError("media", "too_many", f"at most {MAX_MEDIA}"))
    for at, picture in enumerate(media):
        path = f"media[{at}]"
        if not picture.source_url and picture.media_id is None:
            errors.append(FieldError(path, "required", "a source_url or a media_id"))
        errors += _check_url(f"{path}.source_url", picture.source_url)
        if max([len(picture.alt), *map(len, picture.alts.values())]) > MAX_TITLE_LENGTH:
            errors.append(too_long(f"{path}.alt", MAX_TITLE_LENGTH))
    return errors


def check_translations(translations: dict[str, Translation]) -> list[FieldError]:
    """Errors of the texts in other languages."""
    errors: list[FieldError] = []
    if len(translations) > MAX_TRANSLATIONS:
        errors.append(FieldError("translations", "too_many", f"at most {MAX_TRANSLATIONS}"))
    for locale, translation in translations.items():
        path = f"translations.{locale[:35]}"
        if len(translation.title or "") > MAX_TITLE_LENGTH:
            errors.append(too_long(f"{path}.title", MAX_TITLE_LENGTH))
        if len(translation.description_html or "") > MAX_DESCRIPTION_LENGTH:
            errors.append(too_long(f"{path}.description_html", MAX_DESCRIPTION_LENGTH))
        if any(len(word) > MAX_TAG_LENGTH for word in translation.options.values()):
            errors.append(too_long(f"{path}.options", MAX_TAG_LENGTH))
    return errors


def _check_categories(paths: Sequence[Sequence[str]]) -> list[FieldError]:
    errors: list[FieldError] = []
    if len(paths) > MAX_CATEGORIES:
        errors.append(FieldError("category_paths", "too_many", f"at most {MAX_CATEGORIES}"))
    for at, names in enumerate(paths):
        errors += check_category_path(names, f"category_paths[{at}]")
    return errors


def check_category_path(names: Sequence[str], path: str) -> list[FieldError]:
    """Errors of a way through the tree: one to eight names, none empty."""
    errors = _check_each(path, [name.strip() for name in names], MAX_DEPTH, MAX_NAME_LENGTH)
    if not names:
        errors.append(FieldError(path, "required", "at least one name"))
    return errors
