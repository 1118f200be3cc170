"""What can be done with collections."""

from galleria.commerce.collections.service.applying import (
    apply_rule,
    forget_products,
    purge_removed,
    sort_due,
    turn_windows,
)
from galleria.commerce.collections.service.asking import answers
from galleria.commerce.collections.service.editing import (
    create_collection,
    remove_collection,
    require_rule,
    restore_collection,
    update_collection,
)
from galleria.commerce.collections.service.picking import (
    differing,
    fill_by_name,
    fill_collection,
    move_members,
    set_collections_of,
    step_member,
)
from galleria.commerce.collections.service.previewing import preview_rule
from galleria.commerce.collections.service.reading import (
    collections_of,
    collections_of_product,
    count_members,
    find_collection,
    get_collection,
    list_collections,
    list_members,
    members_after,
    names_of,
    shown_collections,
)
from galleria.commerce.collections.service.sorting import (
    gather_facts,
    hold_sorting,
    sort_anew,
    sort_in,
    sort_products,
)
from galleria.commerce.collections.service.undoing import forget_fillings, undo_filled

__all__ = [
    "answers",
    "apply_rule",
    "collections_of",
    "collections_of_product",
    "count_members",
    "create_collection",
    "differing",
    "fill_by_name",
    "fill_collection",
    "find_collection",
    "forget_fillings",
    "forget_products",
    "gather_facts",
    "get_collection",
    "hold_sorting",
    "list_collections",
    "list_members",
    "members_after",
    "move_members",
    "names_of",
    "preview_rule",
    "purge_removed",
    "remove_collection",
    "require_rule",
    "restore_collection",
    "set_collections_of",
    "shown_collections",
    "sort_anew",
    "sort_due",
    "sort_in",
    "sort_products",
    "step_member",
    "turn_windows",
    "undo_filled",
    "update_collection",
]
