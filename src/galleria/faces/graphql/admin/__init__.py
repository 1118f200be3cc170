"""What a shop's programs may do, each field by the scopes its route asks for."""

from typing import Any, get_args

from graphql import GraphQLSchema

from galleria.commerce import orders
from galleria.commerce.catalog import ProductSummary, ProductTree, Sort, Status
from galleria.commerce.customers import CustomerDetail
from galleria.commerce.imports import ImportView, Problem
from galleria.commerce.orders import OrderDetail
from galleria.content.redirects import RedirectView
from galleria.faces.graphql.admin import (
    changing,
    connecting,
    dictionary,
    filling,
    gathering,
    goods,
    pricing,
    selling,
    stocking,
)
from galleria.faces.graphql.admin.fields import Desk
from galleria.faces.graphql.building import schema_of
from galleria.faces.graphql.kinds import Kinds
from galleria.platform import audit

_NAMES: dict[Any, str] = {
    ProductTree: "Product",
    ProductSummary: "ProductLine",
    OrderDetail: "Order",
    orders.Entry: "OrderEntry",
    audit.Entry: "AuditEntry",
    CustomerDetail: "CustomerWithAddresses",
    ImportView: "Import",
    Problem: "ImportProblem",
    RedirectView: "Redirect",
    get_args(Sort): "ProductSort",
    get_args(Status): "ProductStatus",
    **dictionary.NAMES,
    **filling.NAMES,
    **pricing.NAMES,
    **stocking.NAMES,
    **gathering.NAMES,
    **connecting.NAMES,
}


def admin_schema() -> GraphQLSchema:
    """The schema at `/admin/v1/graphql`."""
    desk = Desk(Kinds(_NAMES))
    shown = (goods, selling, dictionary, filling, pricing, gathering, connecting)
    changed = (changing, dictionary, filling, pricing, stocking, gathering, connecting)
    return schema_of(
        {name: field for part in shown for name, field in part.queries(desk).items()},
        {name: field for part in changed for name, field in part.mutations(desk).items()},
    )
