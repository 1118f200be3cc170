"""What goes together and what is sold together.

Which products a product names as accessory, alternative or successor; and which variants are
bundles, fixed sets of other variants with their stock and, if the merchant likes, their prices.

Tables `assortment.relation`, `bundle` and `bundle_component`. Events
`assortment.relations_changed.v1` and `assortment.bundles_changed.v1`.
"""

from galleria.commerce.assortment.errors import (
    BundleNotFound,
    InvalidBundle,
    InvalidRelation,
    TooManyRelations,
)
from galleria.commerce.assortment.events import BundlesChanged, RelationsChanged
from galleria.commerce.assortment.model.bundles import Bundle, Bundles, Component
from galleria.commerce.assortment.model.relations import Relation
from galleria.commerce.assortment.schemas import (
    BundleAnswer,
    BundleOutcome,
    BundleRow,
    BundleTerms,
    BundleView,
    ComponentView,
    NamedComponent,
    NamedProducts,
    NewBundle,
    NewComponent,
    RelationOutcome,
    RelationRow,
    RelationView,
)
from galleria.commerce.assortment.service.bundles import (
    NO_BUNDLES,
    availability,
    load_bundles,
    offers_of,
    prices_for,
)
from galleria.commerce.assortment.service.bundling import (
    differing_bundles,
    get_bundle,
    list_bundles,
    merge_bundles,
    remove_bundle,
    set_bundle,
    set_many_bundles,
    terms_of,
)
from galleria.commerce.assortment.service.relations import (
    list_relations,
    relations_of,
    set_many,
    set_relations,
)

__all__ = [
    "NO_BUNDLES",
    "Bundle",
    "BundleAnswer",
    "BundleNotFound",
    "BundleOutcome",
    "BundleRow",
    "BundleTerms",
    "BundleView",
    "Bundles",
    "BundlesChanged",
    "Component",
    "ComponentView",
    "InvalidBundle",
    "InvalidRelation",
    "NamedComponent",
    "NamedProducts",
    "NewBundle",
    "NewComponent",
    "Relation",
    "RelationOutcome",
    "RelationRow",
    "RelationView",
    "RelationsChanged",
    "TooManyRelations",
    "availability",
    "differing_bundles",
    "get_bundle",
    "list_bundles",
    "list_relations",
    "load_bundles",
    "merge_bundles",
    "offers_of",
    "prices_for",
    "relations_of",
    "remove_bundle",
    "set_bundle",
    "set_many",
    "set_many_bundles",
    "set_relations",
    "terms_of",
]
