"""The dictionary of attributes: looked through and tended."""

import msgspec
from msgspec import UNSET

from galleria.commerce.catalog import errors
from galleria.commerce.catalog.model.attributes import MAX_CHOICES, Attribute, label_of
from galleria.commerce.catalog.repository import attributes as repository
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.schemas import AttributeChanges, NewAttribute
from galleria.commerce.catalog.service.naming import structure_changed
from galleria.engines.context import Context
from galleria.foundation.errors import FieldError
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit

_SCOPE = "catalog.attributes"


async def create_attribute(ctx: Context, wanted: NewAttribute) -> Attribute:
    """The attribute is in the dictionary.

    Raises:
        CodeTaken: another attribute has the code.
        InvalidStructure: a select without choices, or choices without a select.
    """
    attribute = Attribute(
        attribute_id=0,
        code=wanted.code,
        label=wanted.label or label_of(wanted.code),
        labels=wanted.labels,
        kind=wanted.kind,
        unit=wanted.unit,
        choices=wanted.choices,
        is_filterable=wanted.is_filterable,
    )
    _check(attribute)
    async with ctx.transaction() as tx:
        await lock_names(tx)
        if await repository.find_attribute(tx, attribute.code):
            raise errors.CodeTaken("another attribute has this code")
        number = await repository.add_attribute(tx, attribute)
        tx.publish(*structure_changed("attribute", [wanted.code]))
        await audit.record(tx, "products.attribute_created", f"attribute:{wanted.code}")
    return msgspec.structs.replace(attribute, attribute_id=number)


async def update_attribute(ctx: Context, code: str, changes: AttributeChanges) -> Attribute:
    """The attribute with these changes.

    Raises:
        AttributeNotFound: the dictionary has no such code.
        InvalidStructure: a select without choices, or choices without a select.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        before = await repository.find_attribute(tx, code)
        if before is None:
            raise errors.AttributeNotFound(f"no attribute {code!r}")
        values = {name: getattr(changes, name) for name in changes.__struct_fields__}
        after = msgspec.structs.replace(
            before, **{name: value for name, value in values.items() if value is not UNSET}
        )
        _check(after)
        await repository.save_attribute(tx, after)
        tx.publish(*structure_changed("attribute", [code]))
        await audit.record(tx, "products.attribute_changed", f"attribute:{code}")
    return after


def _check(attribute: Attribute) -> None:
    problem = None
    if (attribute.kind == "select") != bool(attribute.choices):
        problem = "a select, and only a select, has choices"
    elif len(set(attribute.choices)) < len(attribute.choices):
        problem = "choices are distinct"
    elif len(attribute.choices) > MAX_CHOICES:
        problem = f"at most {MAX_CHOICES} choices"
    if problem:
        fault = FieldError("choices", "invalid_choices", problem)
        raise errors.InvalidStructure(problem, errors=[fault])


async def list_attributes(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[Attribute]:
    """A page of the dictionary by code.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    after = ""
    if cursor is not None:
        (key,) = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, _SCOPE) or (None,)
        if not isinstance(key, str):
            raise InvalidCursor("this cursor is not one of this list")
        after = key
    found = await repository.page_of_attributes(ctx, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1].code
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, _SCOPE, [last]),
    )
