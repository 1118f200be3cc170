"""Registering documents, and finding them again."""

from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

import msgspec

from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.faces.graphql import repository
from galleria.faces.graphql.documents import Documents
from galleria.faces.graphql.errors import (
    DocumentNotRegistered,
    InvalidDocument,
    TooManyDocuments,
)
from galleria.faces.graphql.model import (
    MOST_REGISTERED,
    FaceName,
    RegisteredDocument,
    ShopGraphql,
)
from galleria.faces.graphql.schemas import NewDocument
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit

REMEMBERED_S = 5.0
ROWS_AT_ONCE = 100
_SCOPE = "graphql.documents"


async def register_documents(
    ctx: Context, wanted: Sequence[NewDocument], faces: dict[FaceName, Documents]
) -> list[RegisteredDocument]:
    """The documents may be asked for by their digests. All of them or none; safe to repeat.

    Raises:
        InvalidDocument: one of them does not fit its schema; with its place among them.
        TooManyDocuments: the shop has `MOST_REGISTERED`.
    """
    made = [_registered(ctx, at, each, faces[each.face]) for at, each in enumerate(wanted)]
    # Twice in one request is once.
    distinct = list({(each.face, each.sha256): each for each in made}.values())
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        await repository.save(tx, distinct)
        if await repository.count(tx) > MOST_REGISTERED:
            raise TooManyDocuments(f"a shop registers at most {MOST_REGISTERED} documents")
        digests = [each.sha256 for each in distinct]
        await audit.record(
            tx, "graphql.documents_registered", "graphql:documents", {"sha256": digests}
        )
    return distinct


def _registered(
    ctx: Context, at: int, wanted: NewDocument, documents: Documents
) -> RegisteredDocument:
    try:
        documents.read(wanted.text)
    except InvalidInput as error:
        wrong = FieldError(f"documents[{at}].text", "graphql", error.detail[:500])
        raise InvalidDocument(f"{wanted.name}: {error.detail}", errors=[wrong]) from None
    return RegisteredDocument(
        face=wanted.face,
        sha256=sha256(wanted.text.encode()).hexdigest(),
        name=wanted.name,
        text=wanted.text,
        registered_at=ctx.now,
    )


async def list_documents(
    ctx: Context, face: FaceName, cursor: str | None = None, limit: int = 50
) -> Page[RegisteredDocument]:
    """A page of the registered documents of a face, by their digests.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    scope, after = f"{_SCOPE}:{face}", ""
    if cursor is not None:
        keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
        if len(keys) != 1:
            raise InvalidCursor("this cursor is not one of this list")
        after = str(keys[0])
    found = await repository.page_after(ctx, face, after, limit + 1)
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1].sha256
    return Page(found[:limit], ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [last]))


async def remove_document(ctx: Context, face: FaceName, digest: str) -> None:
    """The document is not registered any more; within seconds nobody is answered by it.

    Raises:
        DocumentNotRegistered: it was not.
    """
    async with ctx.transaction() as tx:
        if not await repository.remove(tx, face, digest):
            raise DocumentNotRegistered(f"no document {digest[:64]}")
        await audit.record(tx, "graphql.document_removed", "graphql:documents", {"sha256": digest})
    await ctx.engines.cache.delete(_key(ctx, face, digest))


async def registered_text(ctx: Context, face: str, digest: str) -> str | None:
    """The text of a registered document, as of some seconds ago; None for any other digest."""
    key = _key(ctx, face, digest)
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return kept.decode() or None
    found = await repository.find(ctx, face, digest)
    await ctx.engines.cache.set(key, (found or "").encode(), REMEMBERED_S)
    return found


async def shop_settings(ctx: Context) -> ShopGraphql:
    """What the shop has said, as of some seconds ago."""
    key = _settings_key(ctx)
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=ShopGraphql)
    found = await repository.settings_of(ctx)
    await ctx.engines.cache.set(key, msgspec.json.encode(found), REMEMBERED_S)
    return found


async def change_settings(ctx: Context, wanted: ShopGraphql) -> ShopGraphql:
    """The shop says this from now on; other processes know within seconds."""
    async with ctx.transaction() as tx:
        await repository.save_settings(tx, wanted)
        told = {"only_registered": wanted.only_registered}
        await audit.record(tx, "graphql.settings_changed", "graphql:settings", told)
    await ctx.engines.cache.delete(_settings_key(ctx))
    return wanted


async def export_graphql(ctx: Context) -> AsyncIterator[bytes]:
    """All registered documents as lines of JSON."""
    faces: tuple[FaceName, ...] = ("storefront", "admin")
    for face in faces:
        after = ""
        while found := await repository.page_after(ctx, face, after, ROWS_AT_ONCE):
            yield b"".join(msgspec.json.encode(each) + b"\n" for each in found)
            after = found[-1].sha256


async def erase_graphql(ctx: Context) -> None:
    """Nothing is kept of the shop."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)


def _key(ctx: Context, face: str, digest: str) -> CacheKey:
    return CacheKey(ctx.tenant.tenant_id, "graphql-registered", face, digest)


def _settings_key(ctx: Context) -> CacheKey:
    return CacheKey(ctx.tenant.tenant_id, "graphql-settings")
