"""What anyone may do at a shop: look, search, fill a cart, buy, and look at what was bought."""

from typing import Any, get_args

from graphql import GraphQLSchema

from galleria.commerce.carts import CartView
from galleria.commerce.inventory import Offer
from galleria.commerce.listings import (
    Card,
    CategoryNode,
    Detail,
    PickerAxis,
    PickerValue,
    ShownAttribute,
    ShownCategory,
    ShownComponent,
    ShownImage,
    ShownMetafield,
    ShownOption,
    ShownRelation,
    ShownVariant,
)
from galleria.commerce.orders import OfferedMethod, StoreOrder
from galleria.faces.graphql.building import schema_of
from galleria.faces.graphql.kinds import Kinds
from galleria.faces.graphql.storefront import buying, shops
from galleria.faces.graphql.storefront.products import Choice, Products
from galleria.faces.graphql.storefront.searching import (
    Filter,
    Searching,
    SuggestedAll,
)
from galleria.growth.search import (
    CategorySuggested,
    FacetShown,
    RangeShown,
    SortName,
    ValueShown,
    VariantShown,
)

_NAMES: dict[Any, str] = {
    get_args(SortName): "SearchSort",
    get_args(Offer): "Offer",
    Detail: "Product",
    Card: "ProductCard",
    ShownVariant: "Variant",
    ShownImage: "Image",
    ShownOption: "Option",
    ShownAttribute: "Attribute",
    ShownMetafield: "Metafield",
    ShownRelation: "Relation",
    ShownComponent: "Component",
    ShownCategory: "Place",
    CategoryNode: "Category",
    PickerAxis: "PickerAxis",
    PickerValue: "PickerValue",
    CartView: "Cart",
    StoreOrder: "Order",
    OfferedMethod: "ShippingMethod",
    FacetShown: "Facet",
    ValueShown: "FacetValue",
    RangeShown: "Range",
    VariantShown: "FoundVariant",
    CategorySuggested: "SuggestedCategory",
    SuggestedAll: "Suggestions",
    shops.ShownShop: "Shop",
    shops.ShownChannel: "Channel",
    shops.ShownCollection: "Collection",
    Filter: "FilterInput",
    Choice: "ChoiceInput",
}


def storefront_schema() -> GraphQLSchema:
    """The schema at `/store/v1/graphql`."""
    kinds = Kinds(_NAMES)
    products = Products(kinds)
    return schema_of(
        {
            **products.queries(),
            **Searching(kinds, products).queries(),
            **buying.queries(kinds),
            **shops.queries(kinds),
        },
        buying.mutations(kinds),
    )
