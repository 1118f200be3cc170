"""The back office: where a merchant's people work, on a host of its own.

Owns no table: every page asks the rooms by their doors, as the person who is signed in and with
the scopes of their role. One module and one template folder for each part of the work. Pages work
without scripts and are better with them.
"""

from galleria.faces.backoffice.ports import OpenAndProvision
from galleria.faces.backoffice.site import backoffice_app

__all__ = ["OpenAndProvision", "backoffice_app"]
