"""Versions on the wire: an `ETag` on what is read, an `If-Match` on what is changed."""

from typing import Annotated, TypeAlias, TypeVar

from litestar import Response
from litestar.params import HeaderParameter

from galleria.commerce.catalog.model.products import Product
from galleria.commerce.catalog.model.structure import Category
from galleria.foundation.routing import etag_of

IfMatch: TypeAlias = Annotated[str | None, HeaderParameter(name="If-Match")]
Versioned = TypeVar("Versioned", bound=Product | Category)


def with_etag(thing: Versioned, status_code: int = 200) -> Response[Versioned]:
    """The thing as a response that names its version."""
    return Response(thing, status_code=status_code, headers={"ETag": etag_of(thing.version)})
