"""The goods of the demo: three small shops as somebody might really run them.

All words, prices and numbers are made up for this project, in English and German; the pictures
are drawn by `galleria.demo.pictures`. Everything here is pure: the same call gives the same goods.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from galleria.demo.goods.making import Maker
from galleria.demo.goods.model import (
    DemoAttribute,
    DemoCategory,
    DemoChannel,
    DemoCollection,
    DemoLocation,
    DemoOption,
    DemoPicture,
    DemoPrice,
    DemoProduct,
    DemoSeo,
    DemoShop,
    DemoStock,
    DemoTheme,
    DemoTranslation,
    DemoVariant,
    Words,
)
from galleria.demo.goods.recipes import ShopRecipe, read_products, read_shop
from galleria.foundation.text import slugify

__all__ = [
    "SHOPS",
    "DemoAttribute",
    "DemoCategory",
    "DemoChannel",
    "DemoCollection",
    "DemoLocation",
    "DemoOption",
    "DemoPicture",
    "DemoPrice",
    "DemoProduct",
    "DemoSeo",
    "DemoShop",
    "DemoStock",
    "DemoTheme",
    "DemoTranslation",
    "DemoVariant",
    "Words",
    "goods_of",
]

_SLUGS = ("prints", "ceramics", "textiles")


def _shop(slug: str, recipe: ShopRecipe) -> DemoShop:
    maker = Maker(slug, recipe)
    return DemoShop(
        slug=slug,
        name=recipe.name,
        tagline=recipe.tagline,
        story=recipe.story,
        currency=recipe.currency,
        locales=recipe.locales,
        country=recipe.country,
        theme=recipe.theme,
        channels=recipe.channels,
        locations=recipe.locations,
        categories=tuple(
            DemoCategory(path=maker.path_of(code), name=category.name)
            for code, category in recipe.categories.items()
        ),
        collections=recipe.collections,
        attributes=tuple(
            DemoAttribute(
                code=code,
                kind=attribute.kind,
                label=attribute.label,
                unit=attribute.unit,
                is_filterable=attribute.is_filterable,
                choices=tuple(attribute.choices.values()),
            )
            for code, attribute in recipe.attributes.items()
        )
        + tuple(_coloured(slug, recipe)),
    )


def _coloured(slug: str, recipe: ShopRecipe) -> Iterator[DemoAttribute]:
    """The axes whose values have colours, with all words that products have for these."""
    for code, axis in recipe.axes.items():
        colours = {each.name: each.swatch for each in axis.choices.values()}
        if not any(colours.values()):
            continue
        for product in read_products(slug):
            for key, words in product.labels.items():
                of, _, choice = key.partition("/")
                if of == code:
                    colours.setdefault(words, axis.choices[choice].swatch)
        yield DemoAttribute(
            code=slugify(axis.name.en),
            kind="text",  # files may bring more of them
            label=axis.name,
            unit=None,
            is_filterable=True,
            choices=tuple(colours),
            colours=tuple(colours.values()),
        )


_RECIPES = {slug: read_shop(slug) for slug in _SLUGS}
SHOPS: tuple[DemoShop, ...] = tuple(_shop(slug, recipe) for slug, recipe in _RECIPES.items())


@cache
def _goods(slug: str) -> tuple[DemoProduct, ...]:
    maker = Maker(slug, _RECIPES[slug])
    return tuple(maker.make(recipe) for recipe in read_products(slug))


def goods_of(slug: str) -> list[DemoProduct]:
    """Return the products of the shop, in the order it would show them.

    Raises:
        KeyError: no demo shop is called so.
    """
    if slug not in _RECIPES:
        raise KeyError(f"no demo shop is called {slug!r}")
    return list(_goods(slug))
