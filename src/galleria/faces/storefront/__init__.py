"""The shop as shoppers see it: pages that work without scripts and are better with them.

Owns no table: every page asks the rooms by their doors. One module and one template folder a room.
"""

from galleria.faces.storefront.site import storefront_app

__all__ = ["storefront_app"]
