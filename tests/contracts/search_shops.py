"""A shop to ask the search contract about: puts products in, asks, and says what came back."""

from collections.abc import Sequence
from typing import Any

from galleria.engines.search_index import (
    Facet,
    SearchDocument,
    SearchIndex,
    SearchQuery,
    SearchResult,
    SearchWriter,
    Suggestions,
    SuggestQuery,
)


def document(product_id: str, title: str, **more: Any) -> SearchDocument:
    """A document of the channel "web" in English, unless said otherwise."""
    return SearchDocument(
        **{"product_id": product_id, "title": title, "channel": "web", "locale": "en"} | more
    )


def question(words: str = "", **more: Any) -> SearchQuery:
    """A question to the channel "web" in English, unless said otherwise."""
    return SearchQuery(**{"words": words, "channel": "web", "locale": "en"} | more)


class Shop:
    """One tenant of the index: puts products in, asks, and says what came back."""

    def __init__(self, index: SearchIndex, writer: SearchWriter, tenant_id: int) -> None:
        self.index = index
        self.writer = writer
        self.tenant_id = tenant_id

    async def put(self, *documents: SearchDocument, deletes: Sequence[str] = ()) -> None:
        """Apply, commit, and make this process see it."""
        await self.writer.apply(self.tenant_id, documents, deletes)
        await self.writer.commit()
        await self.index.refresh()

    async def ask(self, words: str = "", **more: Any) -> SearchResult:
        """The whole answer. A busy machine is no reason for a partial one."""
        return await self.index.search(self.tenant_id, question(words, **more), deadline_s=30)

    async def found(self, words: str = "", **more: Any) -> list[str]:
        """The product ids of the hits, in their order."""
        return [hit.product_id for hit in (await self.ask(words, **more)).hits]

    async def facets(self, words: str = "", **more: Any) -> dict[str, dict[str, int]]:
        """Counts by value by code."""
        return {facet.code: counts(facet) for facet in (await self.ask(words, **more)).facets}

    async def suggested(self, prefix: str, **more: Any) -> Suggestions:
        """What the index proposes for a beginning."""
        query = SuggestQuery(**{"prefix": prefix, "channel": "web", "locale": "en"} | more)
        return await self.index.suggest(self.tenant_id, query, deadline_s=30)


def counts(facet: Facet) -> dict[str, int]:
    """Counts by value."""
    return {each.value: each.count for each in facet.values}
