"""What the words that are being typed may become: words, categories, products."""

from collections import OrderedDict
from uuid import UUID

import msgspec

from galleria.commerce import listings
from galleria.commerce.listings import Window
from galleria.engines.context import Context
from galleria.engines.search_index import CATEGORY, Hit, SuggestQuery
from galleria.engines.search_index.analysis import fold_analyzer
from galleria.engines.search_index.words import is_completable
from galleria.growth.search import limiting
from galleria.growth.search.curating import NOTHING as NOTHING_SAID
from galleria.growth.search.curating import Curated
from galleria.growth.search.model.limits import EVERYTHING, Allowed
from galleria.growth.search.model.operating import OperatorSettings
from galleria.growth.search.model.questions import Question
from galleria.growth.search.service import asking, curations, hot, synonyms
from galleria.growth.search.signposts import Signposts

MOST_CATEGORIES = 4
_MOST_COUNTED = 20  # of those whose names fit, to find four that show something
KEPT_S = 5.0  # names and counts of categories may be so much older than the shop window's
_MOST_WINDOWS = 200
_signposts: OrderedDict[tuple[int, int, str], tuple[float, Signposts]] = OrderedDict()


class CategorySuggested(msgspec.Struct, frozen=True):
    """A category whose name has the typed words; `above` names those around it, the root first."""

    name: str
    path: str
    above: list[str]
    product_count: int


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """How the words may go on, the commonest first; categories; the first products, and those of
    them that the window shows as cards (JSON)."""

    completions: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    categories: list[CategorySuggested] = []
    products: list[msgspec.Raw] = []


NOTHING = Suggested()


async def suggest(
    ctx: Context,
    window: Window,
    prefix: str,
    limit: int = 8,
    allowed: Allowed = EVERYTHING,
) -> Suggested:
    """How the typed words may go on, categories called so, and the first products for them.

    What curations hide is left out, and what they pin comes first. A single Latin letter gets no
    suggestions: too much begins with it. Where some products may not be told of, it is not said
    how words go on, for the index does not know whose words these are, and categories are counted.

    Raises:
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    folded = fold_analyzer().analyze(prefix)
    if not folded or (len(folded) == 1 and not is_completable(folded[0])):
        return NOTHING
    said = await curations.holding(ctx, Question(words=prefix), window.locale)
    limit = min(limit, allowed.most_per_page or limit)
    if allowed.hides_products:
        question = Question(words=prefix, limit=limit, with_facets=False, allowed=allowed)
        return await _limited(ctx, window, question, said)
    query = SuggestQuery(
        channel=str(window.channel_id),
        locale=window.locale,
        prefix=prefix,
        limit=limit,
        synonyms=await synonyms.fitting(ctx, prefix, window.locale),
        pinned=said.pinned,
        hidden=said.hidden,
        lifts=said.lifts,
    )
    within_s = ctx.engines.settings_of(OperatorSettings).suggest_within_s
    found = await ctx.engines.search.suggest(ctx.tenant.tenant_id, query, deadline_s=within_s)
    ids = [UUID(hit.product_id) for hit in found.hits]
    cards = await listings.cards_of(ctx, window, ids) if ids else {}
    signposts = await _signposts_of(ctx, window)
    return Suggested(
        completions=found.completions,
        hits=found.hits,
        categories=[
            CategorySuggested(node.name, node.path, signposts.above(node), node.product_count)
            for node in signposts.beginning(prefix, MOST_CATEGORIES)
        ],
        products=[msgspec.Raw(cards[each].encode()) for each in ids if each in cards],
    )


async def _limited(ctx: Context, window: Window, question: Question, said: Curated) -> Suggested:
    """What is suggested of what may be searched: products and categories."""
    held = limiting.held(question)
    if held is None:
        return NOTHING
    query = await asking.query_of(ctx, window, held, said)
    begun = msgspec.structs.replace(query, completes_last_word=True)
    hits = (await hot.answer_to(ctx, begun)).hits
    ids = [UUID(hit.product_id) for hit in hits]
    cards = await listings.cards_of(ctx, window, ids) if ids else {}
    return Suggested(
        hits=hits,
        categories=await _categories_within(ctx, window, question),
        products=[msgspec.Raw(cards[each].encode()) for each in ids if each in cards],
    )


async def _categories_within(
    ctx: Context, window: Window, question: Question
) -> list[CategorySuggested]:
    """Categories called as typed, with how many products of them may be searched."""
    signposts = await _signposts_of(ctx, window)
    within = question.allowed.values.get(CATEGORY)
    nodes = {
        node.path: node
        for node in signposts.beginning(question.words, _MOST_COUNTED)
        if within is None or limiting.is_among(CATEGORY, node.path, within)
    }
    asked = msgspec.structs.replace(question, words="", filters={"category": tuple(nodes)})
    held = limiting.held(asked) if nodes else None
    if held is None:
        return []
    query = await asking.query_of(ctx, window, held, NOTHING_SAID)
    counting = msgspec.structs.replace(query, facets=(CATEGORY,), limit=0)
    found = await hot.answer_to(ctx, counting)
    counts = {each.value: each.count for facet in found.facets for each in facet.values}
    return [
        CategorySuggested(node.name, node.path, signposts.above(node), counts[path])
        for path, node in nodes.items()
        if counts.get(path)
    ][:MOST_CATEGORIES]


async def _signposts_of(ctx: Context, window: Window) -> Signposts:
    """The categories of the window as they were some seconds ago: arranging them takes longer
    than all the rest of a suggestion."""
    key = (ctx.tenant.tenant_id, window.window_id, window.locale)
    now_s = ctx.now.timestamp()
    kept = _signposts.get(key)
    if kept is not None and 0 <= now_s - kept[0] < KEPT_S:
        return kept[1]
    reader = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, window.locale, ctx.now)
    signposts = Signposts(await listings.categories_of(reader, window))
    _signposts[key] = (now_s, signposts)
    _signposts.move_to_end(key)
    if len(_signposts) > _MOST_WINDOWS:
        _signposts.popitem(last=False)
    return signposts
