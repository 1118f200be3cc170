"""The shop's diary: who did what, to which thing, and when; written once, never rewritten.

Table `audit.entry`. Every write of the platform leaves an entry in the same commit as the change
it tells of, so neither can be there without the other. The app role may add and read entries;
it has no right to change or remove one.
"""

from galleria.platform.audit.model import Entry
from galleria.platform.audit.service import list_entries, record

__all__ = ["Entry", "list_entries", "record"]
