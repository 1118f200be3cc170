"""Says why a combination of a product's option values is not made."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.attributes import Unfit, check_combination, grammar_of, is_legal
from galleria.commerce.catalog.errors import ProductNotFound
from galleria.commerce.catalog.repository import products
from galleria.commerce.catalog.service.wording import wording_of
from galleria.engines.sql import Reader


async def reasons_against(
    reader: Reader, product_id: UUID, combinations: Sequence[Sequence[str]]
) -> list[str | None]:
    """For each combination of option values the rule that forbids it, None when none does.

    Three microseconds for one that is legal.

    Raises:
        ProductNotFound: this tenant has no such product.
    """
    product = await products.find_product(reader, product_id)
    if product is None:
        raise ProductNotFound(f"no product {product_id}")
    wording = await wording_of(reader, [product])
    dictionary = wording.dictionary
    kind = dictionary.types.get(product.product_type_id) if product.product_type_id else None
    if kind is None or not kind.rules:
        return [None] * len(combinations)
    grammar = grammar_of(reader.tenant.tenant_id, dictionary, kind)
    words = {number: value.word for number, value in wording.words.items()}
    reasons: list[str | None] = []
    for values in combinations:
        try:
            selection = wording.selection_of(product.axes, values)
        except Unfit as unfit:
            reasons.append(str(unfit))
            continue
        chosen = dict(zip((axis.attribute_id for axis in product.axes), selection, strict=True))
        broken = [] if is_legal(grammar, chosen) else check_combination(grammar, chosen, words)
        reasons.append(broken[0].words or broken[0].text if broken else None)
    return reasons
