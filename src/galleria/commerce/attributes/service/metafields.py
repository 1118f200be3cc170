"""Metafield definitions: made, changed, removed, looked through."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.model.attributes import label_of
from galleria.commerce.attributes.model.metafield_values import (
    MetafieldDefinitions,
    Metafields,
    changed_metafields,
)
from galleria.commerce.attributes.model.metafields import (
    MAX_DEFINITIONS,
    MetafieldDefinition,
    OwnerKind,
    check_definition,
)
from galleria.commerce.attributes.repository import entries, versions
from galleria.commerce.attributes.repository.entries import DEFINITIONS
from galleria.commerce.attributes.schemas import (
    MetafieldDefinitionChanges,
    NewMetafieldDefinition,
)
from galleria.commerce.attributes.service.keeping import (
    entry_of,
    list_entries,
    refuse_faulty,
    refuse_stale,
    refuse_taken,
    set_fields,
    told,
)
from galleria.commerce.attributes.service.snapshots import dictionary
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.platform import apps


async def refuse_foreign(tx: Transaction, names: Iterable[str]) -> None:
    """Pass when whoever acts may write metafields of these names, `namespace.code`.

    Raises:
        NamespaceOfApp: they are an app's, or the actor is an app and they are not its own.
    """
    await apps.check_namespaces(tx, tx.ctx.actor, {name.partition(".")[0] for name in names})


def differing(
    definitions: MetafieldDefinitions, before: Metafields | None, after: Metafields | None
) -> list[str]:
    """The names of which other values are kept afterwards; what nobody defines is nobody's."""
    was, now = before or {}, after or {}
    return [name for name in definitions if was.get(name) != now.get(name)]


async def change_metafields(
    tx: Transaction,
    owner_kind: OwnerKind,
    present: Metafields | None,
    changes: Mapping[str, Any] | None,
) -> Metafields | None:
    """What a thing of this kind keeps after the changes by name.

    Raises:
        InvalidMetafields: naming each value that its definition does not let in.
        NamespaceOfApp: see `refuse_foreign`.
    """
    definitions = (await dictionary(tx)).definitions.get(owner_kind, {})
    after, faults = changed_metafields(definitions, present, changes)
    refuse_faulty(errors.InvalidMetafields, faults)
    await refuse_foreign(tx, differing(definitions, present, after))
    return after


async def create_metafield_definition(
    ctx: Context, wanted: NewMetafieldDefinition
) -> MetafieldDefinition:
    """The metafield is defined.

    Raises:
        InvalidMetafieldDefinition: nothing could be kept by it.
        DictionaryHandleTaken: owners of the kind have a metafield of this name.
        DictionaryFull: owners of the kind may carry 250 already.
        NamespaceOfApp: see `refuse_foreign`.
    """
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    fields["label"] = wanted.label or label_of(wanted.code)
    made = MetafieldDefinition(definition_id=new_id(), **fields)
    refuse_faulty(errors.InvalidMetafieldDefinition, check_definition(made))
    async with ctx.transaction() as tx:
        await refuse_foreign(tx, [made.namespace])
        await versions.lock_names(tx)
        await refuse_taken(tx, DEFINITIONS, [made.owner_kind, made.namespace, made.code])
        known = (await dictionary(tx)).definitions.get(made.owner_kind, {})
        if len(known) >= MAX_DEFINITIONS:
            raise errors.DictionaryFull(f"at most {MAX_DEFINITIONS} for a kind of owner")
        await entries.add(tx, DEFINITIONS, made)
        await told(tx, "metafield_definition", made.definition_id, "created")
    return made


async def get_metafield_definition(reader: Reader, definition_id: UUID) -> MetafieldDefinition:
    """The definition.

    Raises:
        MetafieldDefinitionNotFound: this tenant has no such definition.
    """
    return await entry_of(reader, DEFINITIONS, definition_id, errors.MetafieldDefinitionNotFound)


async def update_metafield_definition(
    ctx: Context,
    definition_id: UUID,
    changes: MetafieldDefinitionChanges,
    expected_version: int | None = None,
) -> MetafieldDefinition:
    """The definition with these changes.

    Raises:
        MetafieldDefinitionNotFound: there is no such definition.
        DictionaryEntryChanged: it has another version than `expected_version`.
        InvalidMetafieldDefinition: nothing could be kept by it.
        NamespaceOfApp: see `refuse_foreign`.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        before = await get_metafield_definition(tx, definition_id)
        await refuse_foreign(tx, [before.namespace])
        refuse_stale(before, expected_version)
        after = replace(before, version=before.version + 1, **set_fields(changes))
        refuse_faulty(errors.InvalidMetafieldDefinition, check_definition(after))
        await entries.save(tx, DEFINITIONS, after)
        await told(tx, "metafield_definition", definition_id, "changed")
    return after


async def remove_metafield_definition(ctx: Context, definition_id: UUID) -> None:
    """Nothing more is kept by it; what owners hold of it goes when they are next written.

    Raises:
        MetafieldDefinitionNotFound: there is no such definition.
        NamespaceOfApp: see `refuse_foreign`.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        present = await get_metafield_definition(tx, definition_id)
        await refuse_foreign(tx, [present.namespace])
        await entries.delete(tx, DEFINITIONS, definition_id)
        await told(tx, "metafield_definition", definition_id, "removed")


async def forget_namespace(tx: Transaction, namespace: str) -> None:
    """Nothing more is kept in this namespace, by whatever owners; what they hold of it goes when
    they are next written. Safe to repeat."""
    await versions.lock_names(tx)
    for each in await entries.in_namespace(tx, namespace):
        await entries.delete(tx, DEFINITIONS, each.definition_id)
        await told(tx, "metafield_definition", each.definition_id, "removed")


async def list_metafield_definitions(
    ctx: Context,
    owner_kind: OwnerKind | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[MetafieldDefinition]:
    """A page of definitions by kind of owner and name; of one kind when given.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    only = {} if owner_kind is None else {"owner_kind": owner_kind}
    return await list_entries(ctx, DEFINITIONS, cursor, limit, only)
