"""What a shop's programs may do, each field by the scopes its route asks for."""

from graphql import GraphQLSchema

from galleria.faces.graphql.building import rooted, schema_of
from galleria.faces.graphql.kinds import Kinds
from galleria.faces.graphql.storefront.shops import ShownShop, show_shop


def admin_schema() -> GraphQLSchema:
    """The schema at `/admin/v1/graphql`."""
    kinds = Kinds({ShownShop: "Shop"})
    return schema_of({"shop": rooted(kinds.object_of(ShownShop), show_shop)})
