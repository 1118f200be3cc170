"""The OpenAPI document of the whole API, and the readable page made from it."""

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server, Tag

DESCRIPTION = """
Everything a shop does, over HTTP.

* **Which shop**: a key names its shop; without one the host does
  (`http://<slug>.localhost:8000`), or on the API host the header `X-Galleria-Shop`.
* **Who asks**: `/store/v1` is for anyone, `/admin/v1` takes `Authorization: Bearer gal_key_…`;
  a search that is limited takes a search key or a pass (`gal_pass_…`) the same way.
* **Money** is `{"amount_minor": 1290, "currency": "EUR"}`, instants are RFC 3339 in UTC.
* **Lists** are `{"items": […], "next_cursor": …}`; pass `next_cursor` back as `cursor`.
* **Failures** are problems (RFC 9457) with a stable `code` and, for bodies, `errors` by path.
* **Version**: say for which day's API you were written, `Galleria-Version: 2026-11-22`, and you are
  answered in its shape for at least a year after there is a newer one. This document describes the
  newest; who says nothing gets the oldest that is still answered.
* **How often**: `RateLimit-Policy` and `RateLimit` say how much may be asked, 429 that it was more.
* **Repeating**: writes that take an `Idempotency-Key` answer a repeated key with the first answer.
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
            "key": SecurityScheme(type="http", scheme="bearer", bearer_format="gal_key_…")
        }
    ),
    tags=[
        Tag("storefront", "What shoppers see."),
        Tag("carts", "Baskets and checkout."),
        Tag("house", "Whether the house is well."),
    ],
    render_plugins=[],
)
