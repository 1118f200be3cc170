"""What products are before and after a write, for whoever compares the two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from galleria.commerce.catalog.model.products import Media
from galleria.commerce.catalog.model.states import ProductState, state_of
from galleria.commerce.catalog.model.wording import KeptProduct, KeptVariant
from galleria.commerce.catalog.repository import merging, products, trees
from galleria.commerce.catalog.service.wording import wording_of
from galleria.engines.sql import Reader, Transaction


@dataclass(slots=True)
class Standing:
    """Products with all that hangs on them, by their ids."""

    products: dict[UUID, KeptProduct]
    variants: dict[UUID, list[KeptVariant]]
    media: dict[UUID, list[Media]]
    categories: set[tuple[UUID, UUID]]

    def categories_of(self) -> dict[UUID, list[UUID]]:
        """The categories of each product."""
        found: dict[UUID, list[UUID]] = {product_id: [] for product_id in self.products}
        for product_id, category_id in self.categories:
            found[product_id].append(category_id)
        return found


async def lock_standing(tx: Transaction, product_ids: Sequence[UUID]) -> Standing:
    """Those of the products that exist, locked until the commit."""
    if not product_ids:
        return Standing({}, {}, {}, set())
    locked = await products.lock_products(tx, product_ids)
    ids = [each.product_id for each in locked]
    variants = await trees.variants_by_product(tx, ids)
    media = await trees.media_by_product(tx, ids)
    categories = await merging.places_of(tx, ids)
    by_id = {product.product_id: product for product in locked}
    return Standing(by_id, variants, media, categories)


async def states_in(
    reader: Reader, standings: Iterable[Standing]
) -> list[dict[UUID, ProductState]]:
    """For each standing, its products as their history tells them."""
    all_of_them = list(standings)
    kept = [product for standing in all_of_them for product in standing.products.values()]
    wording = await wording_of(reader, kept)
    states = []
    for standing in all_of_them:
        categories = standing.categories_of()
        states.append(
            {
                product_id: state_of(
                    wording,
                    product,
                    standing.variants.get(product_id, ()),
                    standing.media.get(product_id, ()),
                    categories[product_id],
                )
                for product_id, product in standing.products.items()
            }
        )
    return states
