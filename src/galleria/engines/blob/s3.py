"""Blobs in a bucket of S3, or of anything that speaks its protocol.

Bodies have names that are never used twice, so they can be cached for ever by a CDN. Give the
bucket a lifecycle rule that aborts incomplete multipart uploads after a day. An upload that breaks
off is aborted, but S3 promises nothing for the part that is under way at that moment, and a killed
process aborts nothing: such parts are never seen as a blob, and only the rule removes them.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import obstore
from obstore.store import S3Store

from galleria.engines.blob.objects import ObjectBlobStore
from galleria.engines.blob.upload import Store
from galleria.foundation.errors import InvalidInput

if TYPE_CHECKING:  # obstore has these names for type checkers only
    from obstore.store import ClientConfig, RetryConfig, S3Config

DEFAULT_REGION = "us-east-1"
CONNECT_TIMEOUT_S = 5
STALLED_AFTER_S = 20  # no byte for so long: the connection is given up
REQUEST_TIMEOUT_S = 3600  # a whole body, however slowly its reader takes it
MAX_RETRIES = 3
RETRY_FOR_S = 30  # instead of obstore's 3 minutes, in which a request would long be dead


class S3Address(msgspec.Struct, frozen=True):
    """A bucket, and how to come in. Without keys, those of the machine's role are used."""

    endpoint: str
    bucket: str
    prefix: str = ""
    region: str = DEFAULT_REGION
    access_key: str | None = None
    secret_key: str | None = None


def parse_s3_url(url: str) -> S3Address:
    """The address in `https://KEY:SECRET@host[:port]/bucket[/prefix][?region=eu-central-1]`.

    KEY and SECRET may be percent-encoded, or be left out. `http://` is for a server near by.

    Raises:
        InvalidInput: it is no such address; the message does not repeat the secret.
    """
    parts = urlsplit(url)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or not bucket:
        raise InvalidInput("an S3 address reads https://KEY:SECRET@host/bucket?region=NAME")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    return S3Address(
        endpoint=f"{parts.scheme}://{host}{port}",
        bucket=bucket,
        prefix=prefix,
        region=parse_qs(parts.query).get("region", [DEFAULT_REGION])[0],
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
    )


def s3_blobs(address: S3Address) -> ObjectBlobStore:
    """A blob store in the bucket, which must exist. Connects at first use."""
    return ObjectBlobStore(_Bucket(address))


class _Bucket:
    lists_in_order = True

    def __init__(self, address: S3Address) -> None:
        client: ClientConfig = {
            "allow_http": address.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_TIMEOUT_S),
            "read_timeout": timedelta(seconds=STALLED_AFTER_S),
            "timeout": timedelta(seconds=REQUEST_TIMEOUT_S),
        }
        retry: RetryConfig = {
            "max_retries": MAX_RETRIES,
            "retry_timeout": timedelta(seconds=RETRY_FOR_S),
        }
        config: S3Config = {
            "bucket": address.bucket,
            "endpoint": address.endpoint,
            "region": address.region,
            "virtual_hosted_style_request": False,
        }
        if address.access_key is not None and address.secret_key is not None:
            config["access_key_id"] = address.access_key
            config["secret_access_key"] = address.secret_key
        self.store: Store = S3Store(
            prefix=address.prefix or None, config=config, client_options=client, retry_config=retry
        )

    def attributes(self, content_type: str) -> dict[str, str]:
        return {"Content-Type": content_type}

    async def settle(self, path: str) -> None:
        """An object that S3 has acknowledged is safe."""

    async def write_record(self, path: str, content: bytes) -> None:
        await obstore.put_async(self.store, path, content, use_multipart=False)

    async def remove_leftovers(self, folder: str, older_than_s: float) -> int:
        return 0  # the bucket's lifecycle rule does it
