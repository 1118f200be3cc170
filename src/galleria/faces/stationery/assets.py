"""Style sheets and scripts: read once, sent under an address that changes with their content."""

import hashlib
from importlib.resources import files
from typing import Annotated

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Assets:
    """The files of a package's `static` folder. `url("store.css")` is where one is found."""

    def __init__(self, package: str) -> None:
        """Read the folder of `package`, such as `galleria.faces.storefront`."""
        folder = files(package) / "static"
        self._files = {
            each.name: each.read_bytes()
            for each in folder.iterdir()
            if each.name.rsplit(".", 1)[-1] in _TYPES
        }
        digest = hashlib.sha256()
        for name in sorted(self._files):
            digest.update(name.encode() + self._files[name])
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a file, good for as long as its content stays."""
        assert name in self._files, f"there is no static file {name}"
        return f"/assets/{self.version}/{name}"

    def content(self, name: str) -> bytes:
        """The bytes of a file."""
        return self._files[name]

    def route(self) -> HTTPRouteHandler:
        """The handler that sends them."""
        found = self._files

        @get("/assets/{version:str}/{name:str}", include_in_schema=False)
        async def send_asset(
            version: Annotated[str, PathParameter(max_length=64)],
            name: Annotated[str, PathParameter(max_length=100)],
        ) -> Response[bytes]:
            """A style sheet or script; any version in the address gets the present one."""
            if name not in found:
                raise NotFoundException(f"there is no file {name[:100]}")
            return Response(
                found[name],
                media_type=_TYPES[name.rsplit(".", 1)[-1]],
                headers={"cache-control": FOR_EVER},
            )

        return send_asset
