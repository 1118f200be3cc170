"""How soon changes are found, as a page: a sentence, a table of days, and what holds them up."""

import re
from dataclasses import replace
from datetime import timedelta

from galleria.engines.context import SYSTEM, Context
from galleria.foundation.clock import ManualClock
from tests.commerce.selling import mug, put_on_sale, show
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_words import assert_well_formed

PLACE = "/search/freshness"


async def test_how_soon_changes_were_found_is_told_by_the_day(
    shop: Context, at_work: SignedIn
) -> None:
    clerk = await at_work(shop, "clerk")
    await show(shop)
    empty = await clerk.get(PLACE)
    assert "Nothing has changed in these days" in empty.text and "<tbody>" not in empty.text
    assert "have waited for" not in empty.text
    # As of a request that began a minute ago.
    earlier = Context(
        shop.engines, shop.tenant, SYSTEM, "slow", now=shop.now - timedelta(seconds=61)
    )
    await put_on_sale(earlier, mug(), mug("cup", title="Tea Cup"))
    waiting = await clerk.get(f"{PLACE}?days=1")
    assert re.search(r"Changes of the shop have waited for 6\d s", waiting.text)
    late = replace(
        shop.engines, clock=ManualClock(shop.engines.clock.now() + timedelta(seconds=31))
    )
    await show(Context(late, shop.tenant, SYSTEM, "late"))
    await shop.engines.notebook.write_down()
    page = await clerk.get(f"{PLACE}?days=30")
    assert re.search(r"99 of 100 changes could be found after 3\d s\.", page.text)
    assert ">2</td>" in page.text and "have waited for" not in page.text
    assert_well_formed(PLACE, page)
    await clerk.browser.post("/preferences", {"locale": "de"})
    german = await clerk.get(f"{PLACE}?days=odd")
    assert re.search(r"99 von 100 Änderungen waren nach 3\d s zu finden\.", german.text)
    assert_well_formed(PLACE, german)
