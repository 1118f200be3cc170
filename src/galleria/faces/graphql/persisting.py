"""Documents that are sent by their digest alone, so that a question fits into an address."""

from hashlib import sha256
from typing import TYPE_CHECKING

from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.faces.graphql.errors import (
    DigestMismatch,
    InvalidDocument,
    OnlyRegisteredDocuments,
    PersistedQueryNotFound,
)
from galleria.faces.graphql.service import registered_text, shop_settings

if TYPE_CHECKING:
    from galleria.faces.graphql.answering import Face, Question

KEPT_S = 24 * 3600.0


async def text_of(ctx: Context, face: "Face", asked: "Question") -> str:
    """The document's text: as it was sent, or as it is known by its digest.

    One that comes with its digest and is valid is remembered for a day.

    Raises:
        OnlyRegisteredDocuments: the shop answers no others, and this is none.
        InvalidDocument: neither text nor digest was sent, or the text fits no schema.
        DigestMismatch: the digest is not that of the text.
        PersistedQueryNotFound: nobody has sent the document's text of late.
    """
    persisted = asked.extensions.persisted_query if asked.extensions else None
    if face.name == "storefront" and (await shop_settings(ctx)).only_registered:
        return await _registered(ctx, face, asked, persisted.sha256_hash if persisted else None)
    if persisted is None:
        if not asked.query:
            raise InvalidDocument("send a document as `query`, or its digest")
        return asked.query
    digest = persisted.sha256_hash
    key = CacheKey(ctx.tenant.tenant_id, "graphql-document", face.name, digest)
    if asked.query:
        if sha256(asked.query.encode()).hexdigest() != digest:
            raise DigestMismatch("sha256Hash is the SHA-256 of `query`, in hexadecimal")
        face.documents.read(asked.query)
        await ctx.engines.cache.set(key, asked.query.encode(), KEPT_S)
        return asked.query
    kept = await ctx.engines.cache.get(key)
    text = kept.decode() if kept is not None else await registered_text(ctx, face.name, digest)
    if text is None:
        raise PersistedQueryNotFound("PersistedQueryNotFound")
    return text


async def _registered(ctx: Context, face: "Face", asked: "Question", digest: str | None) -> str:
    if digest is None:
        digest = sha256((asked.query or "").encode()).hexdigest()
    text = await registered_text(ctx, face.name, digest)
    if text is None:
        raise OnlyRegisteredDocuments("this shop answers the documents that it has registered")
    return text
