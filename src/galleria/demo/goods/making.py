"""From recipe to product: every variant with its words, price, stock, weight and picture."""

from __future__ import annotations

from functools import reduce
from html import escape
from itertools import product as combinations

from galleria.demo.goods.model import (
    AttributeValue,
    DemoChannel,
    DemoOption,
    DemoPicture,
    DemoPrice,
    DemoProduct,
    DemoSeo,
    DemoTranslation,
    DemoVariant,
    Words,
)
from galleria.demo.goods.recipes import Axis, Choice, ProductRecipe, ShopRecipe, StockLevel
from galleria.demo.goods.stocking import is_tracked, stock_of
from galleria.demo.pictures import picture_ids

# Prices abroad are set, not converted: whole dollars near this rate.
USD_A_EUR = 1.1
_DRAWN = frozenset(picture_ids())


class Maker:
    """Makes the products of one shop."""

    def __init__(self, slug: str, shop: ShopRecipe) -> None:
        """Prepare to make the goods of the shop."""
        self._slug, self._shop = slug, shop
        self._made = 0

    def make(self, recipe: ProductRecipe) -> DemoProduct:
        """Return the product of a recipe."""
        kind = self._shop.types[recipe.type]
        axes = {code: self._shop.axes[code] for code in recipe.axes}
        return DemoProduct(
            handle=recipe.handle,
            title=recipe.title.en,
            description_html=self._description(recipe, "en"),
            brand=recipe.brand,
            product_type=kind.name.en,
            tags=tuple(recipe.tags),
            status=recipe.status,
            attributes=self._attributes(recipe),
            options=tuple(
                DemoOption(
                    name=axis.name.en,
                    values=tuple(
                        _words(recipe, code, choice, axis).en for choice in recipe.axes[code]
                    ),
                )
                for code, axis in axes.items()
            ),
            variants=tuple(
                self._variant(recipe, chosen)
                for chosen in combinations(*recipe.axes.values())
                if not _is_listed(recipe.without, chosen)
            ),
            pictures=self._pictures(recipe),
            category_paths=(self.path_of(recipe.category),),
            collections=tuple(recipe.collections),
            translations={"de": self._german(recipe)},
            seo=DemoSeo(
                title=f"{recipe.title.en} · {kind.name.en} · {self._shop.name.en}",
                description=recipe.lead.en,
            ),
            external_ref=f"demo:{self._slug}:{recipe.handle}",
        )

    def path_of(self, category: str) -> tuple[str, ...]:
        """Return a category's English names from the root."""
        place = self._shop.categories[category]
        above = self.path_of(place.under) if place.under else ()
        return (*above, place.name.en)

    # -- words

    def _description(self, recipe: ProductRecipe, locale: str) -> str:
        kind = self._shop.types[recipe.type]
        facts = "".join(f"<li>{_in(fact, locale)}</li>" for fact in kind.facts)
        return f"<p>{_in(recipe.lead, locale)}</p><p>{_in(recipe.body, locale)}</p><ul>{facts}</ul>"

    def _german(self, recipe: ProductRecipe) -> DemoTranslation:
        words: dict[str, str] = {}
        for code, chosen in recipe.axes.items():
            axis = self._shop.axes[code]
            words[axis.name.en] = axis.name.de
            for choice in chosen:
                said = _words(recipe, code, choice, axis)
                words[said.en] = said.de
        return DemoTranslation(
            title=recipe.title.de,
            description_html=self._description(recipe, "de"),
            options=words,
        )

    def _attributes(self, recipe: ProductRecipe) -> dict[str, AttributeValue]:
        values = {**self._shop.types[recipe.type].attributes, **recipe.attributes}
        for code, value in values.items():
            attribute = self._shop.attributes[code]
            if attribute.kind == "select":
                values[code] = attribute.choices[str(value)].en
        return values

    # -- variants

    def _variant(self, recipe: ProductRecipe, chosen: tuple[str, ...]) -> DemoVariant:
        choices = [
            self._shop.axes[axis].choices[code]
            for axis, code in zip(recipe.axes, chosen, strict=True)
        ]
        sku = "-".join([self._shop.sku_prefix, recipe.sku, *(choice.sku for choice in choices)])
        level: StockLevel = "gone" if _is_listed(recipe.gone, chosen) else recipe.stock
        self._made += 1
        return DemoVariant(
            sku=sku,
            barcode=_ean13(f"{self._shop.barcode_prefix}{self._made:08d}"),
            option_values=tuple(
                _words(recipe, axis, code, self._shop.axes[axis]).en
                for axis, code in zip(recipe.axes, chosen, strict=True)
            ),
            weight_g=_amount(recipe.weight_g, chosen)
            + sum(_amount(choice.adds_g, chosen) for choice in choices),
            is_shippable=True,
            is_taxable=True,
            is_tracked=is_tracked(level),
            allows_backorder=level == "backorder",
            picture_id=self._picture_of(recipe, chosen),
            prices=tuple(
                self._price(recipe, chosen, choices, channel) for channel in self._shop.channels
            ),
            stock=stock_of(level, sku, self._shop.locations),
        )

    def _price(
        self,
        recipe: ProductRecipe,
        chosen: tuple[str, ...],
        choices: list[Choice],
        channel: DemoChannel,
    ) -> DemoPrice:
        extra = sum(_amount(choice.adds_minor, chosen) for choice in choices)
        amount = _amount(recipe.price_minor, chosen) + extra
        was = None
        if recipe.was_minor is not None:
            before = _amount(recipe.was_minor, chosen, missing=0)
            was = before + extra if before else None
        if channel.currency != self._shop.currency:
            amount = _in_dollars(amount)
            was = _in_dollars(was) if was is not None else None
        return DemoPrice(
            channel=channel.code,
            currency=channel.currency,
            amount_minor=amount,
            compare_at_minor=was,
        )

    # -- pictures

    def _shown(self, recipe: ProductRecipe, what: str) -> str | None:
        """Return the code of the axis that shows this, None without one."""
        for code in recipe.axes:
            if self._shop.axes[code].shows == what:
                return code
        return None

    def _picture_of(self, recipe: ProductRecipe, chosen: tuple[str, ...]) -> str:
        by_axis = dict(zip(recipe.axes, chosen, strict=True))
        colour_axis, frame_axis = self._shown(recipe, "colour"), self._shown(recipe, "frame")
        colour = by_axis[colour_axis] if colour_axis else "first"
        view = self._shop.view
        if frame_axis and recipe.is_colour_framed:
            colour, view = by_axis[frame_axis], "wall"
        elif frame_axis and by_axis[frame_axis] != "none":
            view = by_axis[frame_axis]
        return f"{self._slug}/{recipe.handle}/{colour}/{view}"

    def _pictures(self, recipe: ProductRecipe) -> tuple[DemoPicture, ...]:
        """Return every picture that a choice changes, then one from the wall, one from close by."""
        alts: dict[str, Words] = {}
        for chosen in combinations(*recipe.axes.values()):
            seen = [recipe.title]
            for axis, code in zip(recipe.axes, chosen, strict=True):
                shows = self._shop.axes[axis].shows
                if shows == "colour" or (shows == "frame" and code != "none"):
                    seen.append(self._shop.axes[axis].choices[code].name)
            alts.setdefault(self._picture_of(recipe, chosen), _joined(seen))
        subject = next(iter(alts)).rpartition("/")[0]
        wall, close = f"{subject}/oak", f"{subject}/{self._shop.close_view}"
        if wall in _DRAWN:
            seen_on_wall = Words(en="framed on a wall", de="gerahmt an der Wand")
            alts.setdefault(wall, _joined([recipe.title, seen_on_wall]))
        if close in _DRAWN:
            seen_close = Words(en="a closer look", de="aus der Nähe")
            alts.setdefault(close, _joined([recipe.title, seen_close]))
        return tuple(DemoPicture(picture_id=name, alt=alt) for name, alt in alts.items())


def _in(words: Words, locale: str) -> str:
    return escape(words.de if locale == "de" else words.en, quote=False)


def _joined(parts: list[Words]) -> Words:
    return reduce(
        lambda so_far, part: Words(en=f"{so_far.en}, {part.en}", de=f"{so_far.de}, {part.de}"),
        parts,
    )


def _words(recipe: ProductRecipe, axis_code: str, choice_code: str, axis: Axis) -> Words:
    """Return what a choice is called on this product."""
    return recipe.labels.get(f"{axis_code}/{choice_code}", axis.choices[choice_code].name)


def _amount(
    amount: int | dict[str, int], chosen: tuple[str, ...], missing: int | None = None
) -> int:
    """Return the amount, by the first chosen code that it knows.

    Raises:
        KeyError: it goes by code, knows none of the chosen ones, and `missing` is None.
    """
    if isinstance(amount, int):
        return amount
    for code in chosen:
        if code in amount:
            return amount[code]
    if missing is None:
        raise KeyError(f"none of {chosen} in {sorted(amount)}")
    return missing


def _is_listed(patterns: list[str], chosen: tuple[str, ...]) -> bool:
    """Return whether some pattern ("code" or "code+code") is wholly among the chosen codes."""
    return any(set(pattern.split("+")) <= set(chosen) for pattern in patterns)


def _in_dollars(eur_minor: int) -> int:
    return round(eur_minor * USD_A_EUR / 100) * 100


def _ean13(digits: str) -> str:
    """Return twelve digits with their check digit (GS1 General Specifications, 7.9).

    The prefixes 200-299 are for use inside a company: no such number is on anybody's goods.
    """
    assert len(digits) == 12, digits
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
