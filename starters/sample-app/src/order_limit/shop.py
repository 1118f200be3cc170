"""What the app asks of a shop and changes in it, by the Python client."""

from itertools import islice
from uuid import UUID

from galleria_client import Admin, Conflict, Outdated
from galleria_client.generated.api.metafield_definitions import create_metafield_definition
from galleria_client.generated.api.products import get_product
from galleria_client.generated.models import (
    NewMetafieldDefinition,
    ProductChanges,
    ProductChangesMetafieldsType0,
)

from order_limit.manifest import CODE, METAFIELD, NAMESPACE
from order_limit.rule import Limit
from order_limit.settings import Settings
from order_limit.store import Shop

MOST_FOUND = 20
TRIES = 3


def connect(settings: Settings, shop: Shop) -> Admin:
    """A connection to the shop with the app's key; close it, or use it in a `with`."""
    return Admin(settings.api, key=shop.access_token, user_agent="order-limit/0.1")


def define_limit(office: Admin) -> None:
    """Products of the shop have the field that limits are kept in."""
    definition = NewMetafieldDefinition(
        namespace=NAMESPACE,
        code=CODE,
        kind="integer",
        owner_kind="product",
        label="Most pieces in an order",
        minimum=1,
    )
    try:
        office.call(create_metafield_definition.sync, body=definition)
    except Conflict:
        return  # an earlier installation has defined it, and the merchant has kept it


def find_products(office: Admin, begins: str) -> list[tuple[str, str]]:
    """Ids and titles of products whose title begins so, at most MOST_FOUND, newest first."""
    found = office.products(title_begins=begins or None, page_size=MOST_FOUND)
    return [(str(each.product_id), str(each.title)) for each in islice(found, MOST_FOUND)]


def set_limit(office: Admin, product_id: UUID, most: int | None) -> Limit | None:
    """The product's metafield says so; None, for none, takes it away.

    Metafields are written as a whole. Those of others go back as they were read, and when somebody
    was quicker, all is read once more.

    Raises:
        galleria_client.Problem: the shop refuses.
    """
    for attempt in range(TRIES):
        read = office.call(get_product.sync_detailed, product_id)
        product = read.parsed
        metafields = dict(product.metafields.to_dict()) if product.metafields else {}
        metafields.pop(METAFIELD, None)
        if most is not None:
            metafields[METAFIELD] = most
        changes = ProductChanges(metafields=ProductChangesMetafieldsType0.from_dict(metafields))
        try:
            office.update_product(product_id, changes, version=read.headers["etag"])
            break
        except Outdated:
            if attempt == TRIES - 1:
                raise
    return None if most is None else Limit(str(product_id), str(product.title), most)
