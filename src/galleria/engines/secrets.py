"""Encrypts what a tenant entrusts to the house, with a key of that tenant's own.

The master secret wraps one data key a tenant; losing a tenant's wrapped key makes all it
encrypted unreadable, which is how a shop is erased for good. AES-256-GCM throughout; the tenant
and the purpose are bound in, so a ciphertext cannot be moved to another place.
"""

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from galleria.engines.sql.cells import Cells
from galleria.engines.sql.database import Database
from galleria.foundation.errors import GalleriaError, InvalidInput

NONCE_BYTES = 12
KEY_BYTES = 32
LEAST_SECRET_BYTES = 16
MOST_KEPT_KEYS = 10_000


class SecretUnreadable(GalleriaError):
    code = "secret_unreadable"
    status = 500
    title = "A stored secret cannot be decrypted"


def load_master_secret(data_folder: Path, from_settings: str | None) -> bytes:
    """The master secret: from the settings, else `DATA/secret.key`, made at first start.

    Raises:
        InvalidInput: the secret is shorter than 16 bytes, or the folder cannot hold it.
    """
    secret = from_settings.encode() if from_settings else _secret_file(data_folder / "secret.key")
    if len(secret) < LEAST_SECRET_BYTES:
        raise InvalidInput("GALLERIA_SECRET needs at least 16 bytes; try `openssl rand -hex 32`")
    return hashlib.sha256(b"galleria master secret:" + secret).digest()


def _secret_file(path: Path) -> bytes:
    try:
        # Nobody but its owner enters the house's folder.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            return path.read_bytes().strip()
    except OSError as error:
        raise InvalidInput(f"{path.parent} cannot hold the house's data: {error}") from None
    return _new_secret(path)


def _new_secret(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster
        return path.read_bytes().strip()
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(os.urandom(KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes().strip()


def derive_key(master: bytes, purpose: str) -> bytes:
    """A key for one purpose of the house itself (cursors, callbacks, role passwords)."""
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()


def seal(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Nonce and ciphertext; opens only with the same key and the same `bound_to`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plaintext `seal` was given.

    Raises:
        SecretUnreadable: another key, another place, or changed bytes.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except InvalidTag:
        raise SecretUnreadable("the key does not fit; was GALLERIA_SECRET changed?") from None


class Secrets:
    """See the module. Kept data keys live in this process only."""

    def __init__(self, cells: Cells, master: bytes) -> None:
        self._cells = cells
        self._wrapping_key = derive_key(master, "wrap data keys")
        self._keys: dict[int, bytes] = {}

    async def encrypt(self, tenant_id: int, plaintext: bytes, purpose: str) -> bytes:
        """Bytes that only this tenant's key opens, and only for the same purpose."""
        key = await self._data_key(tenant_id)
        return seal(key, plaintext, f"{tenant_id}:{purpose}".encode())

    async def decrypt(self, tenant_id: int, sealed: bytes, purpose: str) -> bytes:
        """What `encrypt` was given.

        Raises:
            SecretUnreadable: see `unseal`.
        """
        key = await self._data_key(tenant_id)
        return unseal(key, sealed, f"{tenant_id}:{purpose}".encode())

    async def _data_key(self, tenant_id: int) -> bytes:
        key = self._keys.get(tenant_id)
        if key is None:
            wrapped = await self._wrapped_key(self._cells.database_of(tenant_id), tenant_id)
            key = unseal(self._wrapping_key, wrapped, f"data key of {tenant_id}".encode())
            if len(self._keys) >= MOST_KEPT_KEYS:
                self._keys.clear()
            self._keys[tenant_id] = key
        return key

    async def _wrapped_key(self, database: Database, tenant_id: int) -> bytes:
        """The stored key, made at first use. A transaction of its own: keys outlive failures."""
        fresh = seal(self._wrapping_key, os.urandom(KEY_BYTES), f"data key of {tenant_id}".encode())
        async with database.app() as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('galleria.tenant', $1, true)", str(tenant_id)
            )
            await connection.execute(
                "INSERT INTO secrets.data_key (tenant_id, version, wrapped, created_at)"
                " VALUES ($1, 1, $2, now()) ON CONFLICT DO NOTHING",
                tenant_id,
                fresh,
            )
            wrapped: bytes = await connection.fetchval(
                "SELECT wrapped FROM secrets.data_key WHERE tenant_id = $1"
                " ORDER BY version DESC LIMIT 1",
                tenant_id,
            )
        return wrapped
