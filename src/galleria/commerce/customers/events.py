"""What the customers room tells the other rooms."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class GroupsChanged(Event, frozen=True, kw_only=True):
    """A customer group was made, renamed or removed, or these customers joined or left it."""

    TAG: ClassVar[str] = "customers.groups_changed.v1"
    SUBJECT: ClassVar[str] = "customer_group_id"

    customer_group_id: UUID
    customer_ids: list[UUID]
