"""What shoppers do: look, search, fill a cart, buy, and see what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from galleria_client.calling import Caller
from galleria_client.generated.api.carts import (
    add_cart_line,
    discard_cart,
    get_cart,
    open_cart,
    remove_cart_line,
    set_cart_line_quantity,
)
from galleria_client.generated.api.checkout import (
    check_out_cart,
    get_store_order,
    list_shipping_methods,
)
from galleria_client.generated.api.storefront import (
    list_store_categories,
    list_store_products,
    list_store_variants,
    show_store_product,
)
from galleria_client.generated.models import (
    Card,
    CartView,
    CategoryNode,
    Checkout,
    Detail,
    FoundCard,
    LineQuantity,
    NewCart,
    NewLine,
    OfferedMethod,
    SearchPage,
    ShownVariant,
    StoreOrder,
)
from galleria_client.generated.types import UNSET

MOST_A_PAGE = 100


class Storefront(Caller):
    """The shop as shoppers see it; it needs no key."""

    def products(
        self,
        *,
        category: str | None = None,
        collection: str | None = None,
        sort: str | None = None,
        channel: str | None = None,
        page_size: int = MOST_A_PAGE,
    ) -> Iterator[Card]:
        """Every product on sale, those of a category or collection when one is named by handle."""
        return self.each(
            list_store_products.sync,
            filtercategory=category,
            filtercollection=collection,
            sort=sort or UNSET,
            channel=channel,
            limit=page_size,
        )

    def product(self, handle: str, *, channel: str | None = None) -> Detail:
        """A product with its first variants.

        Raises:
            NotFound: nothing of that handle is on sale.
        """
        return self.call(show_store_product.sync, handle, channel=channel)

    def variants(self, handle: str, *, page_size: int = MOST_A_PAGE) -> Iterator[ShownVariant]:
        """Every variant of a product."""
        return self.each(list_store_variants.sync, handle, limit=page_size)

    def categories(self) -> list[CategoryNode]:
        """The tree of categories, parents before children."""
        return self.call(list_store_categories.sync).items

    def search(
        self,
        words: str = "",
        *,
        filters: Mapping[str, Sequence[str]] | None = None,
        sort: str = "relevance",
        category: str | None = None,
        only_available: bool = False,
        cursor: str | None = None,
        limit: int = 20,
    ) -> SearchPage:
        """A page of what is found, with facets; `filters` holds the values chosen, by facet."""
        asked: dict[str, str | int | list[str] | None] = {
            "q": words,
            "sort": sort,
            "category": category,
            "only_available": "true" if only_available else None,
            "cursor": cursor,
            "limit": limit,
            **{f"filter[{code}]": list(values) for code, values in (filters or {}).items()},
        }
        answer = self._http.get(
            "/store/v1/search",
            params={name: value for name, value in asked.items() if value is not None},
        )
        return SearchPage.from_dict(answer.json())

    def found(
        self,
        words: str,
        *,
        filters: Mapping[str, Sequence[str]] | None = None,
        sort: str = "relevance",
        category: str | None = None,
    ) -> Iterator[FoundCard]:
        """Everything a search finds, page after page."""
        cursor: str | None = None
        while True:
            page = self.search(
                words,
                filters=filters,
                sort=sort,
                category=category,
                cursor=cursor,
                limit=MOST_A_PAGE,
            )
            yield from page.items
            cursor = page.next_cursor
            if not cursor:
                return

    def open_cart(self, lines: Mapping[UUID, int] | None = None) -> CartView:
        """A new cart, with so many of each variant; its `token` is the shopper's secret."""
        wanted = [NewLine(variant_id=each, quantity=many) for each, many in (lines or {}).items()]
        return self.call(open_cart.sync, body=NewCart(lines=wanted))

    def cart(self, token: str) -> CartView:
        """The cart as it is now, priced now."""
        return self.call(get_cart.sync, token)

    def add_to_cart(self, token: str, variant_id: UUID, quantity: int = 1) -> CartView:
        """Put so many more of a variant into the cart."""
        line = NewLine(variant_id=variant_id, quantity=quantity)
        return self.call(add_cart_line.sync, token, body=line)

    def set_quantity(self, token: str, line_id: UUID, quantity: int) -> CartView:
        """Have so many on a line."""
        change = LineQuantity(quantity=quantity)
        return self.call(set_cart_line_quantity.sync, token, line_id, body=change)

    def remove_line(self, token: str, line_id: UUID) -> CartView:
        """Take a line out."""
        return self.call(remove_cart_line.sync, token, line_id)

    def discard_cart(self, token: str) -> None:
        """Throw the cart away."""
        self.tell(discard_cart.sync_detailed, token)

    def shipping_methods(self, *, country: str | None = None) -> list[OfferedMethod]:
        """The ways a parcel can go."""
        return self.call(list_shipping_methods.sync, country=country).items

    def check_out(
        self, token: str, checkout: Checkout, *, idempotency_key: str | None = None
    ) -> StoreOrder:
        """Buy the cart, once; the same key and checkout again give the same order.

        An order whose `status` is `pending_payment` waits for the gateway: ask `order` later.

        Raises:
            Problem: `payment_declined`, `total_changed`, `out_of_stock` and others, by `code`.
        """
        given = {} if idempotency_key is None else {"idempotency_key": idempotency_key}
        return self.call(check_out_cart.sync, token, body=checkout, **given)

    def order(self, token: str) -> StoreOrder:
        """An order by its token."""
        return self.call(get_store_order.sync, token)
