"""The shops' data files, read and checked: `<shop>/shop.toml` and `<shop>/products-*.toml`.

A recipe names what differs between products. What they share (options, sizes of surcharge, care
advice, attributes of a type) is said once per shop.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Literal

import msgspec

from galleria.demo.goods.model import (
    AttributeKind,
    AttributeValue,
    DemoChannel,
    DemoCollection,
    DemoLocation,
    DemoTheme,
    Words,
)

# How much of a product there is: see `stocking.py`.
StockLevel = Literal["plenty", "mixed", "few", "gone", "order", "backorder"]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value of an option.

    `sku` is its part of a SKU; `adds_minor` its surcharge in EUR cents and `adds_g` its weight,
    each as one number or by the code of the product's size. `swatch` is its colour (#rrggbb).
    """

    name: Words
    sku: str
    adds_minor: int | dict[str, int] = 0
    adds_g: int | dict[str, int] = 0
    swatch: str | None = None


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option that several products have. `shows` says what of it the picture shows."""

    name: Words
    choices: dict[str, Choice]
    shows: Literal["colour", "frame"] | None = None


class AttributeRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attribute of the shop's dictionary; a select has choices by code."""

    label: Words
    kind: AttributeKind
    unit: str | None = None
    is_filterable: bool = True
    choices: dict[str, Words] = {}


class TypeRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product type: its name, what all of its products share, what to know about them."""

    name: Words
    facts: list[Words]
    attributes: dict[str, AttributeValue] = {}


class CategoryRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category; `under` is the code of its parent."""

    name: Words
    under: str | None = None


class ShopRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of a shop but its products."""

    name: Words
    tagline: Words
    story: Words
    currency: str
    locales: tuple[str, ...]
    country: str
    sku_prefix: str
    barcode_prefix: str
    theme: DemoTheme
    channels: tuple[DemoChannel, ...]
    locations: tuple[DemoLocation, ...]
    categories: dict[str, CategoryRecipe]
    collections: tuple[DemoCollection, ...]
    attributes: dict[str, AttributeRecipe]
    axes: dict[str, Axis]
    types: dict[str, TypeRecipe]
    # Picture views: the one of a colour, the one of a closer look.
    view: str
    close_view: str


class ProductRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product, shortest form.

    `axes` names options and their choices in order; `labels` replaces the words of choices
    ("axis/choice"). `price_minor` is EUR cents, `was_minor` the price before a reduction,
    `weight_g` the weight: each one number, or by the code of a choice of the first axis that
    has it. `gone` lists choices ("code" or "code+code") that are sold out.
    """

    handle: str
    sku: str
    type: str
    brand: str
    title: Words
    lead: Words
    body: Words
    category: str
    collections: list[str] = []
    tags: list[str] = []
    attributes: dict[str, AttributeValue] = {}
    axes: dict[str, list[str]] = {}
    labels: dict[str, Words] = {}
    price_minor: int | dict[str, int]
    was_minor: int | dict[str, int] | None = None
    weight_g: int | dict[str, int]
    stock: StockLevel = "mixed"
    gone: list[str] = []
    without: list[str] = []
    status: Literal["draft", "active"] = "active"
    is_colour_framed: bool = False


def _toml(shop: str, name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(shop, name).read_text("utf-8"))


def read_shop(slug: str) -> ShopRecipe:
    """Return the shop's recipe.

    Raises:
        msgspec.ValidationError: the file says something that a recipe does not have.
    """
    return msgspec.convert(_toml(slug, "shop.toml"), ShopRecipe)


def read_products(slug: str) -> list[ProductRecipe]:
    """Return the recipes of a shop's products, in the order of its files.

    Raises:
        msgspec.ValidationError: a file says something that a recipe does not have.
    """
    folder = files(__package__).joinpath(slug)
    names = sorted(item.name for item in folder.iterdir() if item.name.startswith("products-"))
    return [
        msgspec.convert(product, ProductRecipe)
        for name in names
        for product in _toml(slug, name)["product"]
    ]
