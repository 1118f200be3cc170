"""What programs of the merchant do most; everything else goes by `call` and `each`."""

from collections.abc import Iterator
from uuid import UUID

from galleria_client.calling import Caller
from galleria_client.generated.api.categories import list_categories
from galleria_client.generated.api.collections import list_collections
from galleria_client.generated.api.customers import get_customer, list_customers
from galleria_client.generated.api.orders import fulfil_order, get_order, list_orders
from galleria_client.generated.api.prices import set_prices
from galleria_client.generated.api.products import (
    create_product,
    get_product,
    list_products,
    list_variants,
    publish_product,
    update_product,
)
from galleria_client.generated.api.stock import list_stock, set_stock
from galleria_client.generated.models import (
    Category,
    Collection,
    Customer,
    CustomerDetail,
    Fulfillment,
    LevelsSet,
    NewFulfillment,
    OrderDetail,
    OrderSummary,
    PricesMerged,
    Product,
    ProductChanges,
    ProductDraft,
    ProductSummary,
    ProductTree,
    SetPrices,
    SetStockLevels,
    StockLevel,
    VariantView,
)
from galleria_client.generated.types import UNSET

MOST_A_PAGE = 100


class Admin(Caller):
    """The shop as its merchant sees it; give it a key with the scopes it needs."""

    def products(
        self,
        *,
        status: str | None = None,
        title_begins: str | None = None,
        brand: str | None = None,
        page_size: int = MOST_A_PAGE,
    ) -> Iterator[ProductSummary]:
        """Every product, newest first."""
        return self.each(
            list_products.sync,
            filterstatus=status,
            filterquery=title_begins,
            filterbrand=brand,
            limit=page_size,
        )

    def product(self, product_id: UUID) -> ProductTree:
        """A product with its options, variants and pictures."""
        return self.call(get_product.sync, product_id)

    def create_product(self, draft: ProductDraft) -> ProductTree:
        """Make a product; it is a draft until it is published."""
        return self.call(create_product.sync, body=draft)

    def update_product(
        self, product_id: UUID, changes: ProductChanges, *, version: str | None = None
    ) -> ProductTree:
        """Change what is named; with the `version` that was read, only if it still is that one.

        Raises:
            Outdated: it has another version now.
        """
        if_match = UNSET if version is None else version
        return self.call(update_product.sync, product_id, body=changes, if_match=if_match)

    def publish_product(self, product_id: UUID) -> Product:
        """Put a product on sale; one that is stays so."""
        return self.call(publish_product.sync, product_id)

    def variants(
        self, *, product_id: UUID | None = None, sku: str | None = None
    ) -> Iterator[VariantView]:
        """Variants, of one product or by SKU."""
        return self.each(
            list_variants.sync, filterproduct_id=product_id, filtersku=sku, limit=MOST_A_PAGE
        )

    def categories(self) -> Iterator[Category]:
        """Every category."""
        return self.each(list_categories.sync, limit=MOST_A_PAGE)

    def collections(self) -> Iterator[Collection]:
        """Every collection."""
        return self.each(list_collections.sync, limit=MOST_A_PAGE)

    def set_prices(self, prices: SetPrices) -> PricesMerged:
        """Set up to 500 prices, all or none."""
        return self.call(set_prices.sync, body=prices)

    def stock(self) -> Iterator[StockLevel]:
        """How many of each variant lie where."""
        return self.each(list_stock.sync, limit=MOST_A_PAGE)

    def set_stock(self, levels: SetStockLevels) -> LevelsSet:
        """Set up to 500 levels."""
        return self.call(set_stock.sync, body=levels)

    def orders(self, *, page_size: int = MOST_A_PAGE) -> Iterator[OrderSummary]:
        """Every order, newest first."""
        return self.each(list_orders.sync, limit=page_size)

    def order(self, order_id: UUID) -> OrderDetail:
        """An order with its lines, payments, parcels and history."""
        return self.call(get_order.sync, order_id)

    def fulfil_order(self, order_id: UUID, fulfillment: NewFulfillment) -> Fulfillment:
        """Note that a part of an order was sent."""
        return self.call(fulfil_order.sync, order_id, body=fulfillment)

    def customers(self, *, name_or_email_begins: str | None = None) -> Iterator[Customer]:
        """Every customer, newest first."""
        return self.each(list_customers.sync, filterquery=name_or_email_begins, limit=MOST_A_PAGE)

    def customer(self, customer_id: UUID) -> CustomerDetail:
        """A customer with addresses."""
        return self.call(get_customer.sync, customer_id)
