"""What a shop's programs change: goods, prices, stock, orders, customers."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from galleria.commerce import catalog, collections, customers, inventory, orders, pricing
from galleria.commerce.catalog import (
    Category,
    CategoryChanges,
    NewCategory,
    ProductChanges,
    ProductDraft,
    ProductTree,
    VariantChanges,
    VariantDraft,
    VariantView,
)
from galleria.commerce.collections import Collection, CollectionChanges, NewCollection
from galleria.commerce.customers import Customer, CustomerChanges, NewCustomer
from galleria.commerce.inventory import AdjustStock, LevelsSet, SetStock, StockLevel
from galleria.commerce.orders import (
    Cancellation,
    Entry,
    Fulfillment,
    NewFulfillment,
    NewNote,
    NewRefund,
    OrderDetail,
    Refund,
)
from galleria.commerce.pricing import NamedPrice, PricesMerged, SetPrice
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import VERSION, Desk
from galleria.faces.graphql.admin.goods import OfficeProduct
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import checked_key, id_in, read_input, read_value

PRODUCTS, PRICES, STOCK = "products:write", "prices:write", "stock:write"
ORDERS, CUSTOMERS = "orders:write", "customers:write"
MOST_ROWS = 500
"""As many as the REST API takes at once."""
Many = Meta(min_length=1, max_length=MOST_ROWS)


def mutations(desk: Desk) -> Fields:
    """What can be changed."""
    return {
        **_products(desk),
        **_variants(desk),
        **_structure(desk),
        **_prices_and_stock(desk),
        **_orders(desk),
        **_people(desk),
    }


def _products(desk: Desk) -> Fields:
    by_id: dict[str, Any] = {"product_id": UUID, **VERSION}

    def product(do: Any, told: str, **args: Any) -> Any:
        return desk.act(ProductTree, "product", do, PRODUCTS, told, **args)

    return {
        "createProduct": product(
            create_product,
            "Make a product. Without a handle it gets one from its title.",
            input=ProductDraft,
        ),
        "updateProduct": product(
            update_product,
            "Change what is named and nothing else; each field is replaced as a whole.",
            **by_id,
            input=ProductChanges,
        ),
        "publishProduct": product(publish_product, "Put a product on sale.", **by_id),
        "unpublishProduct": product(unpublish_product, "Make a product a draft again.", **by_id),
        "archiveProduct": product(archive_product, "Put a product away.", **by_id),
        "deleteProduct": desk.act(
            UUID | None,
            "productId",
            delete_product,
            PRODUCTS,
            "Remove a product and its variants for good.",
            **by_id,
            redirect_to=(str | None, None),
        ),
    }


def _variants(desk: Desk) -> Fields:
    def variant(do: Any, told: str, **args: Any) -> Any:
        return desk.act(VariantView, "variant", do, PRODUCTS, told, **args, **VERSION)

    return {
        "addVariant": variant(
            add_variant, "Add a variant behind the others.", product_id=UUID, input=VariantDraft
        ),
        "updateVariant": variant(
            update_variant,
            "Change what is named and nothing else.",
            variant_id=UUID,
            input=VariantChanges,
        ),
        "removeVariant": desk.act(
            UUID | None,
            "variantId",
            remove_variant,
            PRODUCTS,
            "Remove a variant for good; the last one of a product stays.",
            variant_id=UUID,
            **VERSION,
        ),
    }


def _structure(desk: Desk) -> Fields:
    return {
        "createCategory": desk.act(
            Category,
            "category",
            lambda ctx, args: catalog.create_category(ctx, read_input(args, NewCategory)),
            PRODUCTS,
            "Make a category.",
            input=NewCategory,
        ),
        "updateCategory": desk.act(
            Category,
            "category",
            lambda ctx, args: catalog.update_category(
                ctx,
                id_in(args, "category_id"),
                read_input(args, CategoryChanges),
                args["expected_version"],
            ),
            PRODUCTS,
            "Change what is named of a category.",
            category_id=UUID,
            input=CategoryChanges,
            **VERSION,
        ),
        "createCollection": desk.act(
            Collection,
            "collection",
            lambda ctx, args: collections.create_collection(ctx, read_input(args, NewCollection)),
            PRODUCTS,
            "Make a collection.",
            input=NewCollection,
        ),
        "updateCollection": desk.act(
            Collection,
            "collection",
            lambda ctx, args: collections.update_collection(
                ctx,
                id_in(args, "collection_id"),
                read_input(args, CollectionChanges),
                args["expected_version"],
            ),
            PRODUCTS,
            "Change what is named of a collection.",
            collection_id=UUID,
            input=CollectionChanges,
            **VERSION,
        ),
        "fillCollection": desk.act(
            Collection,
            "collection",
            fill_collection,
            PRODUCTS,
            "Add products to a collection made by hand, and take others out.",
            collection_id=UUID,
            add=(list[UUID], []),
            remove=(list[UUID], []),
        ),
    }


def _prices_and_stock(desk: Desk) -> Fields:
    return {
        "setPrices": desk.act(
            PricesMerged,
            "prices",
            lambda ctx, args: pricing.set_prices(
                ctx, read_value(args["prices"], Annotated[list[SetPrice], Many], "prices")
            ),
            PRICES,
            "Set up to 500 prices, all or none.",
            prices=list[SetPrice],
        ),
        "removePrices": desk.act(
            list[UUID] | None,
            "variantIds",
            lambda ctx, args: pricing.remove_prices(
                ctx, read_value(args["prices"], Annotated[list[NamedPrice], Many], "prices")
            ),
            PRICES,
            "Take up to 500 prices away. Safe to repeat.",
            prices=list[NamedPrice],
        ),
        "setStock": desk.act(
            LevelsSet,
            "levels",
            lambda ctx, args: inventory.set_stock(
                ctx, read_value(args["levels"], Annotated[list[SetStock], Many], "levels")
            ),
            STOCK,
            "Set up to 500 levels. A level below what is reserved is refused by itself.",
            levels=list[SetStock],
        ),
        "adjustStock": desk.act(
            StockLevel,
            "level",
            lambda ctx, args: inventory.adjust_stock(
                ctx, id_in(args, "variant_id"), read_input(args, AdjustStock)
            ),
            STOCK,
            "Say how many pieces came or went.",
            variant_id=UUID,
            input=AdjustStock,
        ),
    }


def _orders(desk: Desk) -> Fields:
    by_id: dict[str, Any] = {"order_id": UUID}
    return {
        "fulfilOrder": desk.act(
            Fulfillment,
            "fulfillment",
            lambda ctx, args: orders.fulfil_order(
                ctx,
                id_in(args, "order_id"),
                read_input(args, NewFulfillment),
                args["expected_version"],
            ),
            ORDERS,
            "A parcel leaves with the named pieces, or with all that are left to send.",
            **by_id,
            input=(NewFulfillment, {}),
            **VERSION,
        ),
        "cancelOrder": desk.act(
            OrderDetail,
            "order",
            cancel_order,
            ORDERS,
            "The order will not be sent: goods go back on the shelf, money to the shopper.",
            **by_id,
            input=(Cancellation, {}),
            **VERSION,
        ),
        "refundOrder": desk.act(
            Refund,
            "refund",
            lambda ctx, args: orders.refund_order(
                ctx,
                id_in(args, "order_id"),
                read_input(args, NewRefund),
                checked_key(args["idempotency_key"]),
            ),
            ORDERS,
            "Money goes back, once for a key; `state` says whether the gateway has confirmed it.",
            **by_id,
            idempotency_key=str,
            input=NewRefund,
        ),
        "addOrderNote": desk.act(
            Entry,
            "entry",
            lambda ctx, args: orders.add_note(
                ctx, id_in(args, "order_id"), read_input(args, NewNote).note
            ),
            ORDERS,
            "A remark in the order's history, never shown to shoppers.",
            **by_id,
            input=NewNote,
        ),
    }


def _people(desk: Desk) -> Fields:
    return {
        "createCustomer": desk.act(
            Customer,
            "customer",
            lambda ctx, args: customers.create_customer(ctx, read_input(args, NewCustomer)),
            CUSTOMERS,
            "Make a customer.",
            input=NewCustomer,
        ),
        "updateCustomer": desk.act(
            Customer,
            "customer",
            lambda ctx, args: customers.update_customer(
                ctx,
                id_in(args, "customer_id"),
                read_input(args, CustomerChanges),
                args["expected_version"],
            ),
            CUSTOMERS,
            "Change what is named of a customer.",
            customer_id=UUID,
            input=CustomerChanges,
            **VERSION,
        ),
    }


async def create_product(ctx: Context, args: dict[str, Any]) -> OfficeProduct:
    """See the field."""
    return OfficeProduct(None, await catalog.create_product(ctx, read_input(args, ProductDraft)))


async def update_product(ctx: Context, args: dict[str, Any]) -> OfficeProduct:
    """See the field."""
    changes = read_input(args, ProductChanges)
    product_id, version = id_in(args, "product_id"), args["expected_version"]
    return OfficeProduct(None, await catalog.update_product(ctx, product_id, changes, version))


async def publish_product(ctx: Context, args: dict[str, Any]) -> OfficeProduct:
    """See the field."""
    return await _with_status(ctx, args, catalog.publish_product)


async def unpublish_product(ctx: Context, args: dict[str, Any]) -> OfficeProduct:
    """See the field."""
    return await _with_status(ctx, args, catalog.unpublish_product)


async def archive_product(ctx: Context, args: dict[str, Any]) -> OfficeProduct:
    """See the field."""
    return await _with_status(ctx, args, catalog.archive_product)


async def _with_status(ctx: Context, args: dict[str, Any], change: Any) -> OfficeProduct:
    product_id = id_in(args, "product_id")
    await change(ctx, product_id, args["expected_version"])
    return OfficeProduct(None, await catalog.get_product(ctx, product_id))


async def delete_product(ctx: Context, args: dict[str, Any]) -> UUID:
    """See the field."""
    product_id = id_in(args, "product_id")
    await catalog.delete_product(ctx, product_id, args["expected_version"], args["redirect_to"])
    return product_id


async def add_variant(ctx: Context, args: dict[str, Any]) -> VariantView:
    """See the field."""
    draft = read_input(args, VariantDraft)
    product_id, version = id_in(args, "product_id"), args["expected_version"]
    return await catalog.add_variant(ctx, product_id, draft, version)


async def update_variant(ctx: Context, args: dict[str, Any]) -> VariantView:
    """See the field."""
    changes = read_input(args, VariantChanges)
    variant_id, version = id_in(args, "variant_id"), args["expected_version"]
    return await catalog.update_variant(ctx, variant_id, changes, version)


async def remove_variant(ctx: Context, args: dict[str, Any]) -> UUID:
    """See the field."""
    variant_id = id_in(args, "variant_id")
    await catalog.remove_variant(ctx, variant_id, args["expected_version"])
    return variant_id


async def fill_collection(ctx: Context, args: dict[str, Any]) -> Collection:
    """See the field."""
    collection_id = id_in(args, "collection_id")
    most = Annotated[list[UUID], Meta(max_length=MOST_ROWS)]
    added, removed = (read_value(args[name], most, name) for name in ("add", "remove"))
    await collections.fill_collection(ctx, collection_id, added, removed)
    return await collections.get_collection(ctx, collection_id)


async def cancel_order(ctx: Context, args: dict[str, Any]) -> OrderDetail:
    """See the field."""
    order_id = id_in(args, "order_id")
    wanted = read_input(args, Cancellation)
    await orders.cancel_order(ctx, order_id, wanted, args["expected_version"])
    return await orders.get_order(ctx, order_id)
