"""A shop over HTTP: `Storefront` is what shoppers use, `Admin` what programs of the merchant use.

Every operation of the API is under `galleria_client.generated.api`, one module each, with its types
under `galleria_client.generated.models`; `make clients` writes both from the OpenAPI document. The
classes here add what a description cannot: repeats that are safe, lists without pages, and failures
as exceptions.
"""

from galleria_client.admin import Admin
from galleria_client.calling import API_VERSION_HEADER, Caller
from galleria_client.problems import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Outdated,
    Problem,
    RefusedField,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from galleria_client.release import VERSION as __version__
from galleria_client.storefront import Storefront

__all__ = [
    "API_VERSION_HEADER",
    "Admin",
    "Caller",
    "Conflict",
    "Forbidden",
    "InvalidInput",
    "NotFound",
    "Outdated",
    "Problem",
    "RefusedField",
    "Storefront",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "__version__",
]
