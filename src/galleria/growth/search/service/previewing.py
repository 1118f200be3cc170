"""Today's answer beside the one that a curation would make of it."""

from uuid import UUID

import msgspec

from galleria.commerce.listings import Window
from galleria.engines.context import Context
from galleria.growth.search.model.curations import CurationDraft
from galleria.growth.search.model.questions import Answer, Question
from galleria.growth.search.service import asking, curations


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers to one question."""

    today: Answer
    then: Answer


async def preview(
    ctx: Context,
    window: Window,
    question: Question,
    draft: CurationDraft,
    instead: UUID | None = None,
) -> Preview:
    """The answers without the curation and with it, as if it held already.

    Raises:
        InvalidCuration: it cannot be.
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    said = await curations.holding_with(ctx, question, window.locale, draft, instead)
    return Preview(
        today=await asking.ask(ctx, window, question),
        then=await asking.ask(ctx, window, question, said),
    )
