"""Documents that are sent by their digest alone, so that a question fits into an address."""

from hashlib import sha256
from typing import TYPE_CHECKING

from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.faces.graphql.errors import DigestMismatch, InvalidDocument, PersistedQueryNotFound

if TYPE_CHECKING:
    from galleria.faces.graphql.answering import Face, Question

KEPT_S = 24 * 3600.0


async def text_of(ctx: Context, face: "Face", asked: "Question") -> str:
    """The document's text: as it was sent, or as it is known by its digest.

    One that comes with its digest and is valid is remembered for a day.

    Raises:
        InvalidDocument: neither text nor digest was sent, or the text fits no schema.
        DigestMismatch: the digest is not that of the text.
        PersistedQueryNotFound: nobody has sent the document's text of late.
    """
    persisted = asked.extensions.persisted_query if asked.extensions else None
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
    if kept is None:
        raise PersistedQueryNotFound("PersistedQueryNotFound")
    return kept.decode()
