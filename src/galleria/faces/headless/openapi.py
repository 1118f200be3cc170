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
        Tag("carts", "Baskets and checkout."),
        Tag("house", "Whether the house is well."),
    ],
    render_plugins=[],
)
