"""Each client its own measure: a phone less than a desk, a kiosk what stands in the shop.

A profile says what answers of the storefront's API hold: fields, pictures, lengths of texts, how
prices and stock are told, and how long an answer may be kept. Every shop has `web`, `mobile`,
`kiosk` and `agent`, and makes others. Table `profiles.profile`, event
`profiles.profile_changed.v1`; who changed what is in the shop's memory.
"""

from galleria.faces.profiles.answering import PROFILE_KEY, Shaping
from galleria.faces.profiles.errors import (
    InvalidProfile,
    ProfileBuiltIn,
    ProfileFixed,
    ProfileNotFound,
    TooManyProfiles,
    UnknownProfile,
)
from galleria.faces.profiles.events import ProfileChanged
from galleria.faces.profiles.model.asking import bound, wish_of
from galleria.faces.profiles.model.profiles import (
    BUILT_IN,
    LEAVABLE,
    WEB,
    Profile,
    ProfileDraft,
)
from galleria.faces.profiles.model.shaping import Shaper
from galleria.faces.profiles.schemas import Code, Preview, WantedProfile
from galleria.faces.profiles.service.binding import unknown_bindings
from galleria.faces.profiles.service.choosing import ProfileMemory
from galleria.faces.profiles.service.enriching import staff_notes
from galleria.faces.profiles.service.keeping import (
    get_profile,
    list_profiles,
    put_profile,
    remove_profile,
    restore_profile,
)
from galleria.faces.profiles.service.previewing import preview

__all__ = [
    "BUILT_IN",
    "LEAVABLE",
    "PROFILE_KEY",
    "WEB",
    "Code",
    "InvalidProfile",
    "Preview",
    "Profile",
    "ProfileBuiltIn",
    "ProfileChanged",
    "ProfileDraft",
    "ProfileFixed",
    "ProfileMemory",
    "ProfileNotFound",
    "Shaper",
    "Shaping",
    "TooManyProfiles",
    "UnknownProfile",
    "WantedProfile",
    "bound",
    "get_profile",
    "list_profiles",
    "preview",
    "put_profile",
    "remove_profile",
    "restore_profile",
    "staff_notes",
    "unknown_bindings",
    "wish_of",
]
