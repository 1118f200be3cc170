"""The OpenAPI document of the whole API, and the readable page made from it."""

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server, Tag

DESCRIPTION = """
Everything a shop does, over HTTP.

* **Which shop**: a key names its shop; without one the host does
  (`http://<slug>.localhost:8000`), or on the API host the header `X-Galleria-Shop`.
* **Who asks**: `/store/v1` is for anyone, `/admin/v1` takes `Authorization: Bearer gal_rk_…`;
  a search that is limited takes a search key or a pass (`gal_pass_…`) the same way.
* **Money** is `{"amount_minor": 1290, "currency": "EUR"}`, instants are RFC 3339 in UTC.
* **Lists** are `{"items": […], "next_cursor": …}`; pass `next_cursor` back as `cursor`.
* **Failures** are problems (RFC 9457) with a stable `code` and, for bodies, `errors` by path.
* **Version**: say for which day's API you were written, `Galleria-Version: 2026-11-22`, and you are
  answered in its shape for at least a year after there is a newer one. This document describes the
  newest; who says nothing gets the oldest that is still answered.
* **How often**: `RateLimit-Policy` and `RateLimit` say how much may be asked, 429 that it was more.
* **Profiles**: with `Galleria-Profile: mobile` (or `kiosk`, `agent`, one of the shop's own, or
  `auto`) answers about products are cut to what such a client needs, and lack fields.
* **Repeating**: with an `Idempotency-Key` a write is done once, however often it is sent within a
  day, and answered the same again, with `Idempotency-Replayed: true`.
"""

OPENAPI = OpenAPIConfig(
    title="Galleria",
    version="1.0.0",
    description=DESCRIPTION.strip(),
    path="/openapi",
    create_examples=False,
    use_handler_docstrings=True,
    servers=[Server(url="/")],
    components=Components(
        security_schemes={
            "key": SecurityScheme(type="http", scheme="bearer", bearer_format="gal_rk_…")
        }
    ),
    tags=[
        Tag("storefront", "What shoppers see."),
        Tag("carts", "Baskets and their lines."),
        Tag("account", "A shopper's own account: ways to sign in, addresses, orders."),
        Tag("checkout", "Ways to ship, buying, and what became of an order."),
        Tag("products", "What is sold: products, their variants, relations and bundles."),
        Tag("product-types", "What products of a kind have in common."),
        Tag("attributes", "The dictionary of what goods are described by."),
        Tag("attribute-sets", "Attributes that belong together."),
        Tag("metafield-definitions", "A shop's own fields."),
        Tag("categories", "The tree that goods hang in."),
        Tag("collections", "Goods put together by hand or by rule."),
        Tag("prices", "Price lists, prices, costs, and edits of many at once."),
        Tag("stock", "How many of what lie where."),
        Tag("orders", "What was bought, sent, paid back."),
        Tag("shipping", "Ways to send, and what they cost."),
        Tag("payments", "What gateways call back."),
        Tag("customers", "Who buys, their groups and addresses."),
        Tag("downloads", "Files and licences that are sold."),
        Tag("images", "Pictures, stored and sized."),
        Tag("pictures", "Pictures fetched from a merchant's own site."),
        Tag("imports", "Files of goods that come in and go out."),
        Tag("search", "How a search answers, and who may ask."),
        Tag("graphql", "The same goods and orders, asked for field by field."),
        Tag("profiles", "What answers hold for the web, a phone, a kiosk or a program that buys."),
        Tag("apps", "What others have made for the shop: brought in, approved, uninstalled."),
        Tag("kiosk", "What devices take along to sell without a network, and what they sold."),
        Tag("webhooks", "Calls to other systems when something happens, and what became of them."),
        Tag("redirects", "Where pages were."),
        Tag("shop", "The shop itself: name, channels, domains."),
        Tag("shops", "All shops of the house."),
        Tag("keys", "Credentials of programs."),
        Tag("audit", "Who did what."),
        Tag("changes", "What changed on a thing."),
        Tag("house", "Whether the house is well."),
    ],
    render_plugins=[],
)
