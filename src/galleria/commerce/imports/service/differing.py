"""Tells what a dry run would change of a product, and leaves pictures as they are when asked to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from uuid import UUID

import msgspec

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.catalog import ProductDraft, ProductTree, Variant
from galleria.commerce.imports.model.differing import (
    MAX_DIFFERENCES,
    differences,
    name_of,
    paired,
)
from galleria.commerce.imports.model.line_of_product import draft_of
from galleria.commerce.imports.model.parsed import ParsedProduct
from galleria.commerce.imports.model.runs import Difference, Kept
from galleria.commerce.imports.service.settling import Settled, Settlement
from galleria.commerce.imports.service.shop_facts import ShopFacts
from galleria.commerce.pricing import Cost
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.money import Money, decimal_text

MAX_LEVELS_A_VARIANT = 100


async def note_differences(
    tx: Transaction,
    facts: ShopFacts,
    settlement: Settlement,
    keeps: Collection[Kept],
    most: int,
) -> None:
    """The first `most` products that would change know in what. Writes nothing."""
    changed = [
        each
        for each in settlement.products
        if each.outcome == "changed" and each.product_id is not None
    ][: max(0, most)]
    if not changed:
        return
    ids = [each.product_id for each in changed if each.product_id is not None]
    named = await collections.names_of(tx, ids)
    trees: dict[UUID, ProductTree] = {}
    for portion in await catalog.in_portions(tx, ids, len(ids)):
        trees |= {each.product_id: each for each in await catalog.products_for_listing(tx, portion)}
    offers = await _offers(tx, facts, trees.values(), keeps)
    for each in changed:
        assert each.product_id is not None, "chosen by it"
        tree = trees.get(each.product_id)
        if tree is not None:
            found = _all_of(each, tree, named[each.product_id], offers, facts)
            each.differences = list(islice(found, MAX_DIFFERENCES))


def _all_of(
    settled: Settled,
    tree: ProductTree,
    named: list[str],
    offers: "_Offers",
    facts: ShopFacts,
) -> Iterator[Difference]:
    product = settled.product
    pairs = paired(product.draft, tree)
    yield from offers.of_prices(product, pairs, facts)
    yield from offers.of_costs(product, pairs, facts)
    yield from offers.of_levels(product, pairs, facts)
    yield from differences(product.draft, tree, named)


class _Offers:
    """What the variants cost and how many there are, as the shop has it."""

    def __init__(self) -> None:
        self.prices: dict[tuple[UUID, UUID], tuple[int, int | None]] | None = None
        self.costs: dict[tuple[UUID, str], Cost] | None = None
        self.levels: dict[tuple[UUID, int], int] | None = None

    def of_prices(
        self, product: ParsedProduct, pairs: Sequence[Variant | None], facts: ShopFacts
    ) -> Iterator[Difference]:
        """Prices that the file has otherwise."""
        if self.prices is None:
            return
        for wish in product.prices:
            known, channel = pairs[wish.variant], facts.channel_of(wish)
            if known is None or isinstance(channel, tuple):
                continue
            now, compared = self.prices.get((known.variant_id, channel.channel_id), (None, None))
            path, currency = f"variants[{name_of(known)}].price", channel.currency
            if now != wish.amount_minor:
                yield Difference(path, _money(now, currency), _money(wish.amount_minor, currency))
            wanted = wish.compare_at_minor
            # As the pricing keeps it: an amount to compare with is above the price, or none.
            wanted = wanted if wanted is not None and wanted > wish.amount_minor else None
            if compared != wanted:
                path = f"variants[{name_of(known)}].compare_at"
                yield Difference(path, _money(compared, currency), _money(wanted, currency))

    def of_costs(
        self, product: ParsedProduct, pairs: Sequence[Variant | None], facts: ShopFacts
    ) -> Iterator[Difference]:
        """Costs that the file has otherwise."""
        if self.costs is None:
            return
        for wish in product.costs:
            known, currency = pairs[wish.variant], facts.currency_of(wish)
            if known is None or isinstance(currency, tuple):
                continue
            cost = self.costs.get((known.variant_id, currency))
            now = None if cost is None else cost.amount_minor
            if now != wish.amount_minor:
                path = f"variants[{name_of(known)}].cost"
                yield Difference(path, _money(now, currency), _money(wish.amount_minor, currency))

    def of_levels(
        self, product: ParsedProduct, pairs: Sequence[Variant | None], facts: ShopFacts
    ) -> Iterator[Difference]:
        """Stock that the file has otherwise."""
        if self.levels is None:
            return
        for wish in product.levels:
            known, location_id = pairs[wish.variant], facts.location_of(wish)
            if known is None or location_id is None:
                continue
            now = self.levels.get((known.variant_id, location_id))
            if now != wish.on_hand:
                path = f"variants[{name_of(known)}].stock"
                yield Difference(path, "" if now is None else str(now), str(wish.on_hand))


def _money(amount_minor: int | None, currency: str) -> str:
    return (
        "" if amount_minor is None else f"{decimal_text(Money(amount_minor, currency))} {currency}"
    )


async def _offers(
    tx: Transaction, facts: ShopFacts, trees: Collection[ProductTree], keeps: Collection[Kept]
) -> _Offers:
    ids = [variant.variant_id for tree in trees for variant in tree.variants]
    offers = _Offers()
    if "prices" not in keeps:
        offers.prices = {}
        for channel in facts.channels.values():
            found = await pricing.prices_of(tx, ids, channel.channel_id, channel.currency)
            for variant_id, price in found.items():
                key = (variant_id, channel.channel_id)
                offers.prices[key] = (price.amount_minor, price.compare_at_minor)
        offers.costs = await pricing.costs_of(tx, ids)
    if "stock" not in keeps:
        most = len(ids) * MAX_LEVELS_A_VARIANT
        page = await inventory.list_stock(tx.ctx, ids, limit=most)
        offers.levels = {(each.variant_id, each.location_id): each.on_hand for each in page.items}
    return offers


async def leaving_pictures(
    reader: Reader, products: Sequence[ParsedProduct]
) -> list[ParsedProduct]:
    """The products as they are, but those that the shop has keep the pictures they have there."""
    diffed = await catalog.diff_products(reader, [each.draft for each in products])
    changed = [each.product_id for each in diffed if each.outcome == "changed"]
    ids = [each for each in changed if each is not None]
    trees: dict[UUID, ProductTree] = {}
    for portion in await catalog.in_portions(reader, ids, len(ids)) if ids else ():
        found = await catalog.products_for_listing(reader, portion)
        trees |= {each.product_id: each for each in found}
    by_place: defaultdict[int, ProductTree | None] = defaultdict(lambda: None)
    for at, merged in enumerate(diffed):
        if merged.product_id is not None:
            by_place[at] = trees.get(merged.product_id)
    return [
        each if (tree := by_place[at]) is None else _with_pictures_of(each, tree)
        for at, each in enumerate(products)
    ]


def _with_pictures_of(product: ParsedProduct, tree: ProductTree) -> ParsedProduct:
    draft = product.draft
    variants = [
        msgspec.structs.replace(each, image_url=None if known is None else known.image_url)
        for each, known in zip(draft.variants, paired(draft, tree), strict=True)
    ]
    media = draft_of(tree, []).media
    kept: ProductDraft = msgspec.structs.replace(draft, media=media, variants=variants)
    return msgspec.structs.replace(product, draft=kept)
