"""What goes together: which products a product names as accessory, alternative or successor.

Table `assortment.relation`. Event `assortment.relations_changed.v1`.
"""

from galleria.commerce.assortment.errors import InvalidRelation, TooManyRelations
from galleria.commerce.assortment.events import RelationsChanged
from galleria.commerce.assortment.model import Relation
from galleria.commerce.assortment.schemas import (
    NamedProducts,
    RelationOutcome,
    RelationRow,
    RelationView,
)
from galleria.commerce.assortment.service import (
    list_relations,
    relations_of,
    set_many,
    set_relations,
)

__all__ = [
    "InvalidRelation",
    "NamedProducts",
    "Relation",
    "RelationOutcome",
    "RelationRow",
    "RelationView",
    "RelationsChanged",
    "TooManyRelations",
    "list_relations",
    "relations_of",
    "set_many",
    "set_relations",
]
