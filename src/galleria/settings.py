"""What an operator can set, read once from `GALLERIA_*` at start.

The house's own settings stand here; each room declares a struct of its own in its manifest and is
read from `GALLERIA_<ROOM>_<FIELD>`. A value that does not fit stops the start and says how to mend
it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import field_error

SettingsT = TypeVar("SettingsT")
PREFIX = "GALLERIA_"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the house itself. Each is `GALLERIA_<NAME>` in the environment."""

    data: str = ".galleria"
    """Folder of everything the house keeps: database, files, search, mail, the master secret."""
    secret: str | None = None
    """Master secret, 16 bytes or more; without it one is made in DATA/secret.key."""
    database_url: str | None = None
    """An outside PostgreSQL >= 17; without it the embedded one runs under DATA."""
    host: str = "127.0.0.1"
    """Address the server binds."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 8000
    """Port the server binds."""
    base_domain: str = "localhost"
    """Shops live at <slug>.<base_domain>, the back office at admin.<base_domain>."""
    public_scheme: Literal["http", "https"] = "http"
    """https when TLS ends before us: cookies become __Host- and Secure."""
    trusted_proxies: str = ""
    """Comma-separated addresses whose X-Forwarded-* headers are believed."""
    redis_url: str | None = None
    """Redis or Valkey for cache and realtime of several server processes."""
    search_url: str | None = None
    """OpenSearch or Elasticsearch, https://USER:PASSWORD@HOST:9200[/NAME][?shards=N&spread=M];
    up to eight clusters by spaces, each with a name of its own: east=https://… west=https://…"""
    search_near: str = ""
    """Names of the search clusters to ask first, the nearest first, by commas."""
    search_drained: str = ""
    """Names of the search clusters not to be asked; they are written as before."""
    s3_url: str | None = None
    """Bucket for files, https://KEY:SECRET@HOST/BUCKET[/PREFIX][?region=REGION]."""
    smtp_url: str | None = None
    """Where mail goes, smtp://USER:PASSWORD@HOST:587; without it into DATA/mail."""
    mail_from: str = "shop@galleria.localhost"
    """Sender of the house's mail."""
    outbound_allow: str = ""
    """Comma-separated private addresses or networks that outgoing calls may reach."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """debug, info, warning or error."""
    log_json: bool = False
    """One JSON object a line instead of text."""
    database_connections: Annotated[int, Meta(ge=2, le=200)] = 8
    """Most connections of one process to its database, 2 to 200. More than four for each core of
    the database only make its queue longer."""

    @property
    def data_folder(self) -> Path:
        """`data` as an absolute path."""
        return Path(self.data).expanduser().resolve()

    @property
    def public_port(self) -> str:
        """`:8000`, or nothing when the scheme implies it."""
        return "" if self.port in {80, 443} or self.public_scheme == "https" else f":{self.port}"

    def shop_address(self, slug: str) -> str:
        """The web address of a shop."""
        return f"{self.public_scheme}://{slug}.{self.base_domain}{self.public_port}"

    @property
    def admin_host(self) -> str:
        """The back office's own host."""
        return f"admin.{self.base_domain}"

    @property
    def admin_address(self) -> str:
        """The web address of the back office."""
        return f"{self.public_scheme}://{self.admin_host}{self.public_port}"


def load_settings(environ: Mapping[str, str], **overrides: object) -> Settings:
    """The settings of this process; `overrides` (from the command line) win when not None.

    Raises:
        InvalidInput: a value does not fit; the message names the variable.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    return read_struct(Settings, environ, PREFIX, given)


def read_struct(
    kind: type[SettingsT],
    environ: Mapping[str, str],
    prefix: str,
    given: Mapping[str, object] | None = None,
) -> SettingsT:
    """A settings struct from `<prefix><FIELD>` variables; an empty variable counts as unset.

    Raises:
        InvalidInput: a value does not fit its type.
    """
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):  # type: ignore[arg-type]
        text = environ.get(prefix + field.name.upper())
        if text:
            values[field.name] = text
    values.update(given or {})
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        wrong = field_error(str(error))
        raise InvalidInput(
            f"{prefix}{wrong.path.upper()} does not fit: {wrong.message}; "
            "see docs/reference/settings.md"
        ) from None
