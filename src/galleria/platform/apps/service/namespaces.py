"""Metafields of an app are its own: it alone writes them, and it writes no others."""

from collections.abc import Collection

from galleria.engines.context import Actor
from galleria.engines.sql import Reader
from galleria.platform.apps.errors import NamespaceOfApp
from galleria.platform.apps.repository import apps as repository


async def check_namespaces(reader: Reader, actor: Actor, wanted: Collection[str]) -> None:
    """Pass when the actor may define and write metafields in these namespaces.

    What the house itself does (files that are taken in, work in the background) may be anywhere.

    Raises:
        NamespaceOfApp: one is an app's, or the actor is an app and one is not its own.
    """
    if not wanted or actor.kind == "system":
        return
    owners = await repository.namespaces(reader)
    own = next(
        (name for name, key_ids in owners.items() if actor.actor_id in map(str, key_ids)), None
    )
    for namespace in sorted(wanted):
        if actor.kind == "key" and own is not None:
            if namespace != own:
                raise NamespaceOfApp(f"this app writes {f'{own}.…' if own else 'no'} metafields")
        elif namespace in owners:
            raise NamespaceOfApp(f"{namespace}.… is written by its app alone")
