"""A browser without scripts: follows links, fills in the forms that are there, keeps cookies."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

ORIGIN = "http://admin.localhost"
Fields = list[tuple[str, str]]


class Forms(HTMLParser):
    """Each form of a page: its address and method, and what a browser would send of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, Fields]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._fields: Fields | None = None
        self._named: dict[str, Fields] = {}
        self._apart: dict[str, Fields] = {}
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._text = ""
        self._owner: str | None = None
        self._is_multiple = False
        self.feed(html)
        for name, fields in self._apart.items():
            self._named.get(name, []).extend(fields)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = {name for name, _ in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self._fields = []
            self.forms.append(
                (given.get("action", ""), given.get("method", "get").lower(), self._fields)
            )
            self._named[given.get("id", "")] = self._fields
        if self._fields is None or "disabled" in names:
            return
        if tag == "input" and "name" in given:
            self._input(given, names)
        elif tag == "select":
            self._select, self._options = given.get("name"), []
            self._owner, self._is_multiple = given.get("form"), "multiple" in names
        elif tag == "option":
            self._options.append((given.get("value", "\0"), "selected" in names))
            self._text = ""
        elif tag == "textarea":
            self._area, self._text = given["name"], ""

    def _input(self, given: dict[str, str], names: set[str]) -> None:
        assert self._fields is not None
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in names:
            return
        if kind != "file":
            self._into(given.get("form")).append((given["name"], given.get("value", "")))

    def _into(self, owner: str | None) -> Fields:
        """The fields of the form a field names as its own, else of the one it stands in."""
        assert self._fields is not None
        return self._fields if owner is None else self._apart.setdefault(owner, [])

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "option" and self._options and self._options[-1][0] == "\0":
            self._options[-1] = (self._text, self._options[-1][1])
        elif tag == "textarea" and self._area and self._fields is not None:
            self._fields.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select and self._fields is not None and self._options:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            if not self._is_multiple:
                chosen = chosen[:1] or [self._options[0][0]]
            self._into(self._owner).extend((self._select, value) for value in chosen)
            self._select = None


class Page:
    """What a browser shows."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.address = str(response.url)
        self.path = response.url.path
        self.text = response.text
        self.response = response
        self._parsed = Forms(response.text)

    @property
    def links(self) -> list[str]:
        return self._parsed.links

    @property
    def ids(self) -> list[str]:
        return self._parsed.ids

    def form(self, action: str) -> Fields:
        """What would be sent to this address if the button were pressed now."""
        for address, method, fields in self._parsed.forms:
            if address.partition("?")[0] == action and method == "post":
                return list(fields)
        raise AssertionError(f"no form for {action}: {[a for a, _, _ in self._parsed.forms]}")

    def action(self, path: str) -> str:
        """The whole address of the form that goes there, with its question."""
        return next(
            a for a, m, _ in self._parsed.forms if a.partition("?")[0] == path and m == "post"
        )

    def has_form(self, action: str) -> bool:
        """A form goes there."""
        return any(a.partition("?")[0] == action and m == "post" for a, m, _ in self._parsed.forms)

    @property
    def token(self) -> str:
        """The form token of the page."""
        for _, _, fields in self._parsed.forms:
            for name, value in fields:
                if name == "form_token":
                    return value
        raise AssertionError("no form of the page has a token")


class Browser:
    """One person's browser."""

    def __init__(self, app: Any, client_address: str) -> None:
        transport = httpx.ASGITransport(app, client=(client_address, 1234))
        self.client = httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, follow_redirects=True, timeout=30
        )

    async def get(self, path: str) -> Page:
        """The page at an address."""
        return Page(await self.client.get(path))

    async def post(
        self,
        path: str,
        fields: Mapping[str, str] | Fields,
        *,
        origin: str | None = ORIGIN,
        follow: bool = True,
    ) -> Page:
        """The page that answers these fields."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else fields
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if origin is not None:
            headers["origin"] = origin
        answer = await self.client.post(
            path, content=urlencode(pairs), headers=headers, follow_redirects=follow
        )
        return Page(answer)

    async def submit(self, page: Page, action: str, /, **changes: str | None) -> Page:
        """Fill in the page's form and send it; None leaves a field out, `__` stands for a dot."""
        wanted = {name.replace("__", "."): value for name, value in changes.items()}
        return await self.send(page, action, wanted)

    async def send(self, page: Page, action: str, changes: Mapping[str, str | None]) -> Page:
        """The same for names that are no identifiers."""
        fields = [(name, value) for name, value in page.form(action) if name not in changes]
        fields += [(name, value) for name, value in changes.items() if value is not None]
        return await self.post(page.action(action), fields)

    async def upload(
        self, page: Page, action: str, files: Sequence[tuple[str, tuple[str, bytes]]], **fields: str
    ) -> Page:
        """Send a form with files, fields first as browsers do."""
        sent = {**dict(page.form(action)), **fields}
        answer = await self.client.post(
            action, data=sent, files=list(files), headers={"origin": ORIGIN}
        )
        return Page(answer)
