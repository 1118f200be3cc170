"""The shop's dictionary: attributes, their values, sets of them, product types, metafields."""

from typing import Annotated, Any, get_args
from uuid import UUID

from msgspec import Meta

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AdoptedCodes,
    Attribute,
    AttributeChanges,
    AttributeSet,
    AttributeSetChanges,
    AttributeValue,
    AttributeValueChanges,
    AttributeValueOrder,
    BaseAttribute,
    CombinationAnswer,
    CombinationQuestion,
    Kind,
    MergedValues,
    MetafieldDefinition,
    MetafieldDefinitionChanges,
    NewAttribute,
    NewAttributeSet,
    NewAttributeValue,
    NewMetafieldDefinition,
    NewProductType,
    OwnerKind,
    ProductType,
    ProductTypeChanges,
)
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import VERSION, Desk
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import id_in, read_input
from galleria.foundation.http import Name, ShortText

READ, WRITE = "products:read", "products:write"
ValueId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
NAMES: dict[Any, str] = {get_args(Kind): "AttributeKind", get_args(OwnerKind): "MetafieldOwner"}


def queries(desk: Desk) -> Fields:
    """What shows the dictionary."""
    return {
        "attribute": desk.one(
            Attribute,
            lambda ctx, args: attributes.get_attribute(ctx, args["code"]),
            READ,
            "An attribute; its values are listed by themselves.",
            code=ShortText,
        ),
        "attributes": desk.many(
            Attribute,
            lambda ctx, args, cursor, limit: attributes.list_attributes(
                ctx, cursor, limit, kind=args["kind"], query=args["query"]
            ),
            READ,
            "The dictionary by code, archived attributes too; those with `query` in code or label.",
            kind=(Kind | None, None),
            query=(ShortText, ""),
        ),
        "attributeValues": desk.many(
            AttributeValue,
            lambda ctx, args, cursor, limit: attributes.list_values(
                ctx, args["code"], args["prefix"], cursor, limit
            ),
            READ,
            "An attribute's values in their order; by word those that begin with `prefix`.",
            code=ShortText,
            prefix=(Name | None, None),
        ),
        "baseAttributes": desk.all(
            BaseAttribute,
            list_base_attributes,
            READ,
            "The attributes that every shop may take over, with their values.",
        ),
        **_shapes(desk),
    }


def _shapes(desk: Desk) -> Fields:
    return {
        "attributeSet": desk.one(
            AttributeSet,
            lambda ctx, args: attributes.get_attribute_set(ctx, id_in(args, "attribute_set_id")),
            READ,
            "A set of attributes.",
            attribute_set_id=UUID,
        ),
        "attributeSets": desk.many(
            AttributeSet,
            lambda ctx, _, cursor, limit: attributes.list_attribute_sets(ctx, cursor, limit),
            READ,
            "Sets of attributes by handle.",
        ),
        "productType": desk.one(
            ProductType,
            lambda ctx, args: attributes.get_product_type(ctx, id_in(args, "product_type_id")),
            READ,
            "A product type.",
            product_type_id=UUID,
        ),
        "productTypes": desk.many(
            ProductType,
            lambda ctx, _, cursor, limit: attributes.list_product_types(ctx, cursor, limit),
            READ,
            "Product types by handle.",
        ),
        "combinationCheck": desk.one(
            CombinationAnswer,
            check_combination,
            READ,
            "Whether a combination, whole or begun, is made; if not, why, and what is instead.",
            product_type_id=UUID,
            input=CombinationQuestion,
        ),
        "metafieldDefinition": desk.one(
            MetafieldDefinition,
            lambda ctx, args: attributes.get_metafield_definition(
                ctx, id_in(args, "definition_id")
            ),
            READ,
            "A metafield definition.",
            definition_id=UUID,
        ),
        "metafieldDefinitions": desk.many(
            MetafieldDefinition,
            lambda ctx, args, cursor, limit: attributes.list_metafield_definitions(
                ctx, args["owner_kind"], cursor, limit
            ),
            READ,
            "Metafield definitions by kind of owner and name.",
            owner_kind=(OwnerKind | None, None),
        ),
    }


def mutations(desk: Desk) -> Fields:
    """What changes the dictionary."""
    return {
        **_of_attributes(desk),
        **_of_values(desk),
        **_of_sets(desk),
        **_of_types(desk),
        **_of_metafields(desk),
    }


def _of_attributes(desk: Desk) -> Fields:
    return {
        "createAttribute": desk.act(
            Attribute,
            "attribute",
            lambda ctx, args: attributes.create_attribute(ctx, read_input(args, NewAttribute)),
            WRITE,
            "Add an attribute. Product files that use a new code add it by themselves, too.",
            input=NewAttribute,
        ),
        "updateAttribute": desk.act(
            Attribute,
            "attribute",
            lambda ctx, args: attributes.update_attribute(
                ctx, args["code"], read_input(args, AttributeChanges), args["expected_version"]
            ),
            WRITE,
            "Change how an attribute reads and where it is used, or archive it.",
            code=ShortText,
            input=AttributeChanges,
            **VERSION,
        ),
        "adoptBaseAttributes": desk.act(
            list[Attribute] | None,
            "attributes",
            lambda ctx, args: attributes.adopt_base(ctx, read_input(args, AdoptedCodes).codes),
            WRITE,
            "Take attributes over with their values. What the shop has already stays. Safe to"
            " repeat.",
            input=AdoptedCodes,
        ),
    }


def _of_values(desk: Desk) -> Fields:
    return {
        "addAttributeValue": desk.act(
            AttributeValue,
            "attributeValue",
            lambda ctx, args: attributes.add_value(
                ctx, args["code"], read_input(args, NewAttributeValue)
            ),
            WRITE,
            "Add a word behind those the attribute has.",
            code=ShortText,
            input=NewAttributeValue,
        ),
        "updateAttributeValue": desk.act(
            AttributeValue,
            "attributeValue",
            lambda ctx, args: attributes.update_value(
                ctx, args["value_id"], read_input(args, AttributeValueChanges)
            ),
            WRITE,
            "Rename a value, move or archive it. Files that use its old word still find it.",
            value_id=ValueId,
            input=AttributeValueChanges,
        ),
        "mergeAttributeValues": desk.act(
            AttributeValue,
            "attributeValue",
            merge_values,
            WRITE,
            "Make values one. Files that use the words of those that go find the one that stays.",
            code=ShortText,
            input=MergedValues,
        ),
        "orderAttributeValues": desk.act(
            list[int] | None,
            "valueIds",
            order_values,
            WRITE,
            "Put up to 500 values in this order, in the places that they have between them.",
            code=ShortText,
            input=AttributeValueOrder,
        ),
        "removeAttributeValue": desk.act(
            int | None,
            "valueId",
            remove_value,
            WRITE,
            "Remove a value that no product and no rule uses. One that is used can be archived.",
            value_id=ValueId,
        ),
    }


def _of_sets(desk: Desk) -> Fields:
    return {
        "createAttributeSet": desk.act(
            AttributeSet,
            "attributeSet",
            lambda ctx, args: attributes.create_attribute_set(
                ctx, read_input(args, NewAttributeSet)
            ),
            WRITE,
            "Make a set that categories and product types can name.",
            input=NewAttributeSet,
        ),
        "updateAttributeSet": desk.act(
            AttributeSet,
            "attributeSet",
            lambda ctx, args: attributes.update_attribute_set(
                ctx,
                id_in(args, "attribute_set_id"),
                read_input(args, AttributeSetChanges),
                args["expected_version"],
            ),
            WRITE,
            "Rename a set, or replace what is in it.",
            attribute_set_id=UUID,
            input=AttributeSetChanges,
            **VERSION,
        ),
        "removeAttributeSet": desk.gone(
            "attribute_set_id",
            attributes.remove_attribute_set,
            WRITE,
            "Remove a set that no product type names.",
        ),
    }


def _of_types(desk: Desk) -> Fields:
    return {
        "createProductType": desk.act(
            ProductType,
            "productType",
            lambda ctx, args: attributes.create_product_type(ctx, read_input(args, NewProductType)),
            WRITE,
            "Make a product type with its axes and the rules over them.",
            input=NewProductType,
        ),
        "updateProductType": desk.act(
            ProductType,
            "productType",
            lambda ctx, args: attributes.update_product_type(
                ctx,
                id_in(args, "product_type_id"),
                read_input(args, ProductTypeChanges),
                args["expected_version"],
            ),
            WRITE,
            "Change a product type. Variants that are there already stay.",
            product_type_id=UUID,
            input=ProductTypeChanges,
            **VERSION,
        ),
        "removeProductType": desk.gone(
            "product_type_id",
            attributes.remove_product_type,
            WRITE,
            "Remove a product type; its products stay.",
        ),
    }


def _of_metafields(desk: Desk) -> Fields:
    return {
        "createMetafieldDefinition": desk.act(
            MetafieldDefinition,
            "metafieldDefinition",
            lambda ctx, args: attributes.create_metafield_definition(
                ctx, read_input(args, NewMetafieldDefinition)
            ),
            WRITE,
            "Define a metafield. Owners of a kind carry at most 250.",
            input=NewMetafieldDefinition,
        ),
        "updateMetafieldDefinition": desk.act(
            MetafieldDefinition,
            "metafieldDefinition",
            lambda ctx, args: attributes.update_metafield_definition(
                ctx,
                id_in(args, "definition_id"),
                read_input(args, MetafieldDefinitionChanges),
                args["expected_version"],
            ),
            WRITE,
            "Change how a metafield reads, what fits it and who may see it.",
            definition_id=UUID,
            input=MetafieldDefinitionChanges,
            **VERSION,
        ),
        "removeMetafieldDefinition": desk.gone(
            "definition_id",
            attributes.remove_metafield_definition,
            WRITE,
            "Define a metafield no longer.",
        ),
    }


async def list_base_attributes(ctx: Context, args: dict[str, Any]) -> list[BaseAttribute]:
    """See the field."""
    return attributes.base_attributes()


async def check_combination(ctx: Context, args: dict[str, Any]) -> CombinationAnswer:
    """See the field."""
    selection = read_input(args, CombinationQuestion).selection
    return await attributes.check_selection(ctx, id_in(args, "product_type_id"), selection)


async def merge_values(ctx: Context, args: dict[str, Any]) -> AttributeValue:
    """See the field."""
    wanted = read_input(args, MergedValues)
    return await attributes.merge_values(ctx, args["code"], wanted.merged_ids, wanted.value_id)


async def order_values(ctx: Context, args: dict[str, Any]) -> list[int]:
    """See the field."""
    value_ids = read_input(args, AttributeValueOrder).value_ids
    await attributes.order_values(ctx, args["code"], value_ids)
    return value_ids


async def remove_value(ctx: Context, args: dict[str, Any]) -> int:
    """See the field."""
    value_id: int = args["value_id"]
    await attributes.remove_value(ctx, value_id)
    return value_id
