"""The tables by the door: products put together for an occasion, by hand or by a rule.

Tables `collections.collection`, `member` (who is in which, generation by generation),
`member_tally` (how many, as changes to be added up), `rule_book` and `due_product` (which product
grows too old for a rule when). Events `collections.collection_changed.v1` and
`members_changed.v1`.
"""

from galleria.commerce.collections.errors import (
    CollectionByRule,
    CollectionNotFound,
    InvalidCollection,
    InvalidRule,
    NoMember,
    TooManyMembers,
    TooManyRules,
)
from galleria.commerce.collections.events import CollectionChanged, MembersChanged
from galleria.commerce.collections.model.collections import (
    SORT_ORDERS,
    Collection,
    CollectionRef,
    SortOrder,
)
from galleria.commerce.collections.model.facts import ProductFacts, facts_of
from galleria.commerce.collections.model.matching import RuleBook, Target, satisfies
from galleria.commerce.collections.model.rules import (
    Condition,
    Group,
    check_rule,
    fields,
    operators_of,
)
from galleria.commerce.collections.schemas import (
    CollectionChanges,
    MemberView,
    NewCollection,
    Preview,
)
from galleria.commerce.collections.service import (
    apply_rule,
    collections_of,
    count_members,
    create_collection,
    differing,
    fill_by_name,
    fill_collection,
    find_collection,
    gather_facts,
    get_collection,
    hold_sorting,
    list_collections,
    list_members,
    members_after,
    move_members,
    names_of,
    preview_rule,
    remove_collection,
    restore_collection,
    set_collections_of,
    shown_collections,
    sort_in,
    step_member,
    update_collection,
)

__all__ = [
    "SORT_ORDERS",
    "Collection",
    "CollectionByRule",
    "CollectionChanged",
    "CollectionChanges",
    "CollectionNotFound",
    "CollectionRef",
    "Condition",
    "Group",
    "InvalidCollection",
    "InvalidRule",
    "MemberView",
    "MembersChanged",
    "NewCollection",
    "NoMember",
    "Preview",
    "ProductFacts",
    "RuleBook",
    "SortOrder",
    "Target",
    "TooManyMembers",
    "TooManyRules",
    "apply_rule",
    "check_rule",
    "collections_of",
    "count_members",
    "create_collection",
    "differing",
    "facts_of",
    "fields",
    "fill_by_name",
    "fill_collection",
    "find_collection",
    "gather_facts",
    "get_collection",
    "hold_sorting",
    "list_collections",
    "list_members",
    "members_after",
    "move_members",
    "names_of",
    "operators_of",
    "preview_rule",
    "remove_collection",
    "restore_collection",
    "satisfies",
    "set_collections_of",
    "shown_collections",
    "sort_in",
    "step_member",
    "update_collection",
]
