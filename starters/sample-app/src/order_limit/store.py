"""What the app remembers, in one SQLite file that only its own user may read.

It holds tokens and secrets: keep the file as you keep a password. Each call is a transaction of its
own on a connection of its own, so that calls may come from any thread.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from order_limit.rule import Limit

MOST_ORDERS = 50  # that the page shows
INSTALL_S = 600  # for a merchant to read and approve

TABLES = """
CREATE TABLE IF NOT EXISTS installing (state TEXT PRIMARY KEY, client_id TEXT NOT NULL,
    client_secret TEXT NOT NULL, verifier TEXT NOT NULL, began_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS shop (shop TEXT PRIMARY KEY, app_id TEXT NOT NULL,
    client_id TEXT NOT NULL, client_secret TEXT NOT NULL, access_token TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signing_secret (place INTEGER PRIMARY KEY AUTOINCREMENT,
    shop TEXT NOT NULL, secret TEXT NOT NULL, ends_at REAL, UNIQUE (shop, secret));
CREATE TABLE IF NOT EXISTS product_limit (shop TEXT NOT NULL, product_id TEXT NOT NULL,
    title TEXT NOT NULL, most INTEGER NOT NULL, PRIMARY KEY (shop, product_id));
CREATE TABLE IF NOT EXISTS heard (place INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL,
    message_id TEXT NOT NULL, number TEXT NOT NULL, pieces INTEGER NOT NULL,
    placed_at TEXT NOT NULL, UNIQUE (shop, message_id));
CREATE TABLE IF NOT EXISTS own (one INTEGER PRIMARY KEY CHECK (one = 1), session_key BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Installing:
    """An installation under way: what the app needs when the merchant comes back."""

    state: str
    client_id: str
    client_secret: str
    verifier: str


@dataclass(frozen=True)
class Shop:
    """A shop that has the app, and what opens it."""

    shop: str
    app_id: str
    client_id: str
    client_secret: str
    access_token: str


@dataclass(frozen=True)
class Heard:
    """An order that the shop has told of."""

    number: str
    pieces: int
    placed_at: str


class Store:
    """The file; it is made when it is not there."""

    def __init__(self, path: Path) -> None:
        """Open or make the file."""
        self._path = path
        # Made with these permissions, rather than made and then closed to others.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        with self._transaction() as sql:
            sql.executescript(TABLES)
            sql.execute("INSERT OR IGNORE INTO own VALUES (1, ?)", [secrets.token_bytes(32)])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5)) as sql, sql:
            yield sql

    def session_key(self) -> bytes:
        """What the app's own sessions are signed with, 32 bytes."""
        with self._transaction() as sql:
            return bytes(sql.execute("SELECT session_key FROM own").fetchone()[0])

    def begin(self, installing: Installing, now: float) -> None:
        """The installation is under way; those that nobody ended are gone."""
        kept = (installing.state, installing.client_id, installing.client_secret)
        with self._transaction() as sql:
            sql.execute("DELETE FROM installing WHERE began_at < ?", [now - INSTALL_S])
            sql.execute(
                "INSERT INTO installing VALUES (?, ?, ?, ?, ?)", [*kept, installing.verifier, now]
            )

    def take(self, state: str, now: float) -> Installing | None:
        """The installation that began with this state, this once; None when there is none."""
        with self._transaction() as sql:
            row = sql.execute(
                "DELETE FROM installing WHERE state = ? AND began_at >= ?"
                " RETURNING state, client_id, client_secret, verifier",
                [state, now - INSTALL_S],
            ).fetchone()
        return None if row is None else Installing(*row)

    def add_shop(self, shop: Shop, signing_secret: str) -> None:
        """The shop has the app, from now on with these."""
        kept = [shop.shop, shop.app_id, shop.client_id, shop.client_secret, shop.access_token]
        with self._transaction() as sql:
            sql.execute("INSERT OR REPLACE INTO shop VALUES (?, ?, ?, ?, ?)", kept)
            sql.execute("DELETE FROM signing_secret WHERE shop = ?", [shop.shop])
            _add_secret(sql, shop.shop, signing_secret)

    def shop(self, name: str) -> Shop | None:
        """The shop of this name, None when it has not the app."""
        with self._transaction() as sql:
            row = sql.execute(
                "SELECT shop, app_id, client_id, client_secret, access_token FROM shop"
                " WHERE shop = ?",
                [name],
            ).fetchone()
        return None if row is None else Shop(*row)

    def change_client_secret(self, shop: str, client_secret: str) -> None:
        """The app proves itself to the shop by this from now on."""
        with self._transaction() as sql:
            sql.execute("UPDATE shop SET client_secret = ? WHERE shop = ?", [client_secret, shop])

    def add_signing_secret(self, shop: str, secret: str, old_ends_at: float) -> None:
        """The shop signs with this one, and with those before it until then at the latest."""
        with self._transaction() as sql:
            sql.execute(
                "UPDATE signing_secret SET ends_at = min(coalesce(ends_at, ?1), ?1)"
                " WHERE shop = ?2",
                [old_ends_at, shop],
            )
            _add_secret(sql, shop, secret)

    def signing_secrets(self, shop: str, now: float) -> list[str]:
        """What the shop signs with, the newest first; none when the shop is unknown."""
        with self._transaction() as sql:
            rows = sql.execute(
                "SELECT secret FROM signing_secret WHERE shop = ?"
                " AND (ends_at IS NULL OR ends_at > ?) ORDER BY place DESC",
                [shop, now],
            ).fetchall()
        return [row[0] for row in rows]

    def set_limit(self, shop: str, limit: Limit) -> None:
        """The product has this limit in the shop."""
        with self._transaction() as sql:
            sql.execute(
                "INSERT OR REPLACE INTO product_limit VALUES (?, ?, ?, ?)",
                [shop, limit.product_id, limit.title, limit.most],
            )

    def remove_limit(self, shop: str, product_id: str) -> None:
        """The product has no limit in the shop."""
        with self._transaction() as sql:
            sql.execute(
                "DELETE FROM product_limit WHERE shop = ? AND product_id = ?", [shop, product_id]
            )

    def limits(self, shop: str) -> list[Limit]:
        """All limits of the shop, by title."""
        with self._transaction() as sql:
            rows = sql.execute(
                "SELECT product_id, title, most FROM product_limit WHERE shop = ? ORDER BY title",
                [shop],
            ).fetchall()
        return [Limit(*row) for row in rows]

    def hear(self, shop: str, message_id: str, heard: Heard) -> None:
        """The order is noted; a message that came before changes nothing."""
        with self._transaction() as sql:
            sql.execute(
                "INSERT OR IGNORE INTO heard (shop, message_id, number, pieces, placed_at)"
                " VALUES (?, ?, ?, ?, ?)",
                [shop, message_id, heard.number, heard.pieces, heard.placed_at],
            )

    def orders(self, shop: str) -> list[Heard]:
        """The latest orders the shop has told of, the newest first."""
        with self._transaction() as sql:
            rows = sql.execute(
                "SELECT number, pieces, placed_at FROM heard WHERE shop = ?"
                " ORDER BY place DESC LIMIT ?",
                [shop, MOST_ORDERS],
            ).fetchall()
        return [Heard(*row) for row in rows]


def _add_secret(sql: sqlite3.Connection, shop: str, secret: str) -> None:
    sql.execute("DELETE FROM signing_secret WHERE shop = ? AND secret = ?", [shop, secret])
    sql.execute("INSERT INTO signing_secret (shop, secret) VALUES (?, ?)", [shop, secret])
