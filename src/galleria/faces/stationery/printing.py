"""Turns templates into pages in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import Translations
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.datastructures import Cookie
from markupsafe import Markup

from galleria.foundation.money import Money, decimal_text

SOURCE_LOCALE = "en"
LOCALES = ("en", "de")


class Press:
    """The templates of one face, one environment for each language."""

    def __init__(self, package: str, shared: Mapping[str, Any]) -> None:
        """Load `templates` and `locales` of a package; `shared` is known in every template."""
        self._words = {locale: _translations(package, locale) for locale in LOCALES}
        self._environments = {
            locale: _environment(self._words[locale], package, locale, shared) for locale in LOCALES
        }

    def print(self, template: str, locale: str, **values: Any) -> str:
        """The page, in this language or in English."""
        environment = self._environments.get(locale) or self._environments[SOURCE_LOCALE]
        return environment.get_template(template).render(
            locale=locale if locale in self._environments else SOURCE_LOCALE, **values
        )

    def say(self, locale: str, message: str, **values: Any) -> str:
        """A sentence from Python in this language."""
        said = self._words.get(locale, self._words[SOURCE_LOCALE]).gettext(message)
        return said % values if values else said


def _environment(
    words: Translations, package: str, locale: str, shared: Mapping[str, Any]
) -> Environment:
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(shared)
    environment.filters["money"] = lambda money: money_text(money, locale)
    environment.filters["number"] = lambda number: number_text(number, locale)
    environment.filters["day"] = lambda at: format_date(at, "long", locale=locale)
    environment.filters["country"] = lambda code: Locale(locale).territories.get(code, code)
    environment.filters["safe_json"] = safe_json
    environment.filters["moment"] = lambda at: moment_text(at, locale)
    return environment


def _translations(package: str, locale: str) -> Translations:
    """The catalogue of a language, compiled from its .po in memory; English has none."""
    source = files(package) / "locales" / f"{locale}.po"
    if not source.is_file():
        return Translations()
    with source.open("rb") as file:
        catalog = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


# Lists say the same amounts, counts and times again and again; each costs some 60 µs to write.
@lru_cache(maxsize=16_384)
def number_text(number: float, locale: str) -> str:
    """A number as people of this language write it."""
    return format_decimal(number, locale=locale)


@lru_cache(maxsize=16_384)
def money_text(money: Money, locale: str) -> str:
    """An amount as people of this language write it."""
    return format_currency(decimal_text(money), money.currency, locale=locale)


@lru_cache(maxsize=16_384)
def moment_text(at: datetime, locale: str) -> str:
    """An instant as people of this language write it, in UTC."""
    return format_datetime(at, "medium", locale=locale)


def safe_json(text: str) -> Markup:
    """JSON that may stand in a script element: it cannot close it."""
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - see above


def html(
    page: str, status: int = 200, *, cookies: Sequence[Cookie] = (), cache: str = "no-store"
) -> Response[bytes]:
    """A page as a response. Pages with forms are not kept by browsers."""
    return Response(
        page.encode(),
        status_code=status,
        media_type="text/html",
        headers={"cache-control": cache},
        cookies=list(cookies),
    )


def see_other(address: str, *cookies: Cookie) -> Response[bytes]:
    """Go and look there: the answer to a form that was taken."""
    return Response(b"", status_code=303, headers={"location": address}, cookies=list(cookies))
