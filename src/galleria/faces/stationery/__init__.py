"""What both faces write their pages with: templates in two languages, assets, forms and cookies.

Owns no table and no address of its own.
"""

from galleria.faces.stationery.assets import Assets
from galleria.faces.stationery.cookies import CookieJar
from galleria.faces.stationery.forms import Form, read_form
from galleria.faces.stationery.guarding import (
    TOKEN_FIELD,
    FormGuard,
    FormRefused,
    check_origin,
)
from galleria.faces.stationery.printing import LOCALES, Press, html, see_other
from galleria.faces.stationery.uploads import Upload, UploadBroken

__all__ = [
    "LOCALES",
    "TOKEN_FIELD",
    "Assets",
    "CookieJar",
    "Form",
    "FormGuard",
    "FormRefused",
    "Press",
    "Upload",
    "UploadBroken",
    "check_origin",
    "html",
    "read_form",
    "see_other",
]
