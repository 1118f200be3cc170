"""A house is copied while it serves, put up elsewhere, and goes on as if nothing had happened."""

import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from galleria.app.archives import DIGESTS, BackupFailed, pack, unpack
from galleria.app.backups import FolderNotEmpty, restore
from galleria.app.house import open_house, open_prepared, open_server
from galleria.engines.event_log import measure_lag
from galleria.engines.secrets import Secrets, load_master_secret
from galleria.engines.sql import Cells, Database
from galleria.engines.sql.boot_gate import GateClosed
from galleria.foundation.clock import SystemClock
from galleria.foundation.errors import InvalidInput
from galleria.settings import Settings
from tests.app.houses import (
    SLUG,
    Name,
    Prepared,
    Processes,
    command,
    looking_into,
    running,
    until,
)
from tests.app.shopping import traffic

PURPOSE = "tests of back-ups"


async def test_a_house_backed_up_under_traffic_goes_on_elsewhere(
    prepared: Prepared, tmp_path: Path
) -> None:
    archive, elsewhere = tmp_path / "monday.tar", tmp_path / "elsewhere"
    async with running(prepared, *get_args(Name)) as processes:
        sealed = await seal_something(processes)
        async with traffic(processes) as shoppers:
            await until(shoppers.have_bought(5), "orders arrive")
            # From here on events are written and not handled: the copy has to do it.
            assert await processes.end("worker") == 0
            await until(shoppers.have_bought(5), "orders arrive")
            surely_in = [each for each in shoppers.bought if each.answers]
            with busy_files(prepared.folder):
                code, out, err = await command(
                    prepared.folder, "backup", str(archive), "--json", port=processes.port
                )
            assert code == 0, err
            await until(shoppers.have_bought(5), "the house went on serving")
        old_epoch = await epoch_of(processes)
    told = msgspec.json.decode(out)
    assert told["size_bytes"] == archive.stat().st_size > 100_000
    assert archive.stat().st_mode & 0o777 == 0o600, "whoever has it can read everything"
    assert not list(archive.parent.glob("*.unfinished"))

    code, out, err = await command(elsewhere, "restore", str(archive))
    assert code == 0, err
    assert "restored the house of" in out
    moved = msgspec.structs.replace(prepared, folder=elsewhere)
    async with running(moved, *get_args(Name)) as processes:
        assert await epoch_of(processes) == old_epoch + 1
        async with traffic(processes) as more:
            await until(more.have_bought(5), "people buy at the new place")
        async with looking_into(processes) as database:
            await until(lambda: all_is_handled(database), "no event was lost on the way")
            assert await events_in_order(database)
            cells = Cells({1: database})
            opened = await Secrets(cells, load_master_secret(elsewhere, None)).decrypt(
                prepared.tenant_id, sealed, PURPOSE
            )
        assert opened == b"a word"
        async with more.client() as client:
            for each in surely_in:
                again = await more.ask_for(client, each)
                assert again["order_id"] == each.answers[0]["order_id"], "no order was lost"
                assert again["token"] == each.answers[0]["token"], "nor the secret of its token"
            headers = {"Authorization": f"Bearer {prepared.key}"}
            orders = await client.get("/admin/v1/orders?limit=100", headers=headers)
            assert orders.status_code == 200, "keys open what they opened"
            numbers = [each["number"] for each in orders.json()["items"] if each["number"]]
            assert len(numbers) == len(set(numbers))
            found = (await client.get("/store/v1/search?q=stoneware")).json()
            assert found["total"] == 5, "the worker has made the index anew"


async def seal_something(processes: Processes) -> bytes:
    async with looking_into(processes) as database:
        secret = load_master_secret(processes.folder, None)
        return await Secrets(Cells({1: database}), secret).encrypt(
            processes.prepared.tenant_id, b"a word", PURPOSE
        )


async def epoch_of(processes: Processes) -> int:
    async with looking_into(processes) as database, database.relay() as connection:
        epoch: int = await connection.fetchval("SELECT log_epoch FROM event_log.epoch")
    return epoch


async def all_is_handled(database: Database) -> bool:
    """No event waits, and every order that was ever placed has been confirmed to its shopper."""
    lag = await measure_lag(database, SystemClock().now())
    owner = await database.connect_owner()
    try:
        unconfirmed = await owner.fetchval(
            "SELECT count(*) FROM orders.\"order\" WHERE status = 'placed' AND confirmed_at IS NULL"
        )
        waiting = await owner.fetchval("SELECT count(*) FROM jobs.pgqueuer")
    finally:
        await owner.close()
    return (lag.lag_s, lag.parked, lag.dead, unconfirmed, waiting) == (0.0, 0, 0, 0, 0)


async def events_in_order(database: Database) -> bool:
    """What was written after the move sorts after all that was written before."""
    owner = await database.connect_owner()
    try:
        row = await owner.fetchrow(
            "SELECT max(sequence) FILTER (WHERE log_epoch = 1) AS before,"
            " min(sequence) FILTER (WHERE log_epoch = 2) AS after FROM event_log.outbox"
        )
    finally:
        await owner.close()
    assert row is not None, "an aggregate has a row"
    return bool(row["before"] < row["after"])


@contextmanager
def busy_files(folder: Path) -> Iterator[None]:
    """Files come, grow and go all the while, as uploads do."""
    stop = threading.Event()

    def churn() -> None:
        place = folder / "files" / "9" / "uploads"
        place.mkdir(parents=True, exist_ok=True)
        number = 0
        while not stop.is_set():
            path = place / f"part-{number % 50}"
            with path.open("ab") as file:
                file.write(os.urandom(1000))
            (place / f"part-{(number + 25) % 50}").unlink(missing_ok=True)
            number += 1

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """An archive of something that looks like a house, without a database to run."""
    house = tmp_path / "packed"
    (house / "files" / "1" / "images").mkdir(parents=True)
    (house / "files" / "1" / "images" / "a").write_bytes(os.urandom(3000))
    (house / "files" / "1" / "empty").write_bytes(b"")
    (house / "secret.key").write_bytes(b"a secret, long enough")
    dump = tmp_path / "dump"
    dump.write_bytes(os.urandom(5000))
    pack(house, dump, tmp_path / "good.tar")
    return tmp_path / "good.tar"


def test_what_is_packed_comes_out_as_it_was(packed: Path, tmp_path: Path) -> None:
    manifest = unpack(packed, tmp_path / "out")
    house = tmp_path / "packed"
    for path in ("secret.key", "files/1/images/a", "files/1/empty"):
        assert (tmp_path / "out" / path).read_bytes() == (house / path).read_bytes()
        assert (tmp_path / "out" / path).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out" / "database.dump").stat().st_size == manifest.dump_bytes == 5000


@pytest.mark.parametrize("left", [0, 1, 100, 600, 3_000, 7_000, 9_500, 12_000])
def test_an_archive_cut_short_is_refused(packed: Path, tmp_path: Path, left: int) -> None:
    cut = tmp_path / "cut.tar"
    cut.write_bytes(packed.read_bytes()[:left])
    with pytest.raises(BackupFailed):
        unpack(cut, tmp_path / "out")


def test_an_archive_with_one_changed_bit_is_refused_wherever_it_is(
    packed: Path, tmp_path: Path
) -> None:
    """In content, names, sizes and digests; only padding between members may differ."""
    content = packed.read_bytes()
    with tarfile.open(packed) as tar:
        meant = {
            at
            for member in tar
            for start, size in ((member.offset, 100), (member.offset_data, member.size))
            for at in range(start, start + size)
        }
    changed, refused = tmp_path / "changed.tar", 0
    places = sorted(meant)[:: max(1, len(meant) // 150)]
    for at in places:
        damaged = bytearray(content)
        damaged[at] ^= 0x10
        changed.write_bytes(damaged)
        try:
            unpack(changed, tmp_path / f"out-{at}")
        except BackupFailed:
            refused += 1
    assert refused == len(places)


@pytest.mark.parametrize(
    "content", [b"", b"no tar at all", b"\x00" * 20_480, b"PK\x03\x04" + b"x" * 2000]
)
def test_what_is_no_archive_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    with pytest.raises(BackupFailed):
        unpack(other, tmp_path / "out")
    with pytest.raises(InvalidInput):
        unpack(tmp_path / "missing.tar", tmp_path / "out")


@pytest.mark.parametrize("name", ["../escaped", "/escaped-from-an-archive", "files/../../escaped"])
def test_an_archive_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
        tar.addfile(tarfile.TarInfo(DIGESTS))
    with pytest.raises(BackupFailed):
        unpack(evil, tmp_path / "deep" / "out")
    assert not (tmp_path / "escaped").exists() and not Path("/escaped-from-an-archive").exists()


def test_an_archive_with_links_or_devices_is_refused(tmp_path: Path) -> None:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        evil = tmp_path / "evil.tar"
        with tarfile.open(evil, "w") as tar:
            member = tarfile.TarInfo("files/link")
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
        with pytest.raises(BackupFailed):
            unpack(evil, tmp_path / "out")


async def test_a_failed_restore_leaves_the_folder_as_it_was(packed: Path, tmp_path: Path) -> None:
    """Damage is seen before anything is made; a dump the database refuses is cleared away."""
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "secret.key").write_bytes(b"made by some earlier command")
    (folder / "notes.txt").write_text("mine")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(packed.read_bytes()[:9_000])
    for archive in (cut, packed):
        with pytest.raises(BackupFailed):
            await restore(Settings(data=str(folder)), archive)
        left = {path.name for path in folder.iterdir()} - {"pg.log", "pg.starting"}
        assert left == {"secret.key", "notes.txt"}
        assert (folder / "secret.key").read_bytes() == b"made by some earlier command"


async def test_a_house_is_never_restored_over_another(prepared: Prepared, packed: Path) -> None:
    with pytest.raises(FolderNotEmpty):
        await restore(Settings(data=str(prepared.folder)), packed)
    code, _, err = await command(prepared.folder, "restore", str(packed))
    assert (code, "folder_not_empty" in err) == (1, True)
    async with running(prepared, "database") as processes:
        assert await epoch_of(processes) == 1, "it stands as it stood"


async def test_where_there_is_nothing_to_adopt_it_is_said_and_nothing_made(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    code, out, err = await command(folder, "restore", "--adopt")
    assert (code, out) == (1, "") and "[database_not_prepared]" in err, err
    assert "secret.key" in err and "Traceback" not in err
    assert not folder.exists()
    folder.mkdir()
    code, out, err = await command(
        folder, "restore", "--adopt", secret="a secret of 16 bytes or more"
    )
    assert (code, out) == (1, "") and "`galleria restore ARCHIVE`" in err, err
    assert not list(folder.iterdir())


async def test_a_database_that_is_not_prepared_cannot_be_adopted(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path / "new"))
    secret = load_master_secret(settings.data_folder, None)
    async with open_server(settings, secret):
        code, out, err = await command(settings.data_folder, "restore", "--adopt")
        assert (code, out) == (1, ""), "it has no roles"
        assert "run `galleria migrate`" in err and "Traceback" not in err, err
        async with open_prepared(settings):
            pass
        code, out, err = await command(settings.data_folder, "restore", "--adopt")
        assert (code, out) == (1, ""), "it has no tables"
        assert "run `galleria migrate`" in err and "Traceback" not in err, err


async def test_adopting_takes_no_archive(prepared: Prepared, packed: Path) -> None:
    code, out, err = await command(prepared.folder, "restore", "--adopt", str(packed))
    assert (code, out) == (2, "") and "galleria restore ARCHIVE" in " ".join(err.split()), err
    async with running(prepared, "database") as processes:
        assert await epoch_of(processes) == 1, "nothing was adopted"


async def test_a_copied_database_is_served_only_once_it_is_adopted(prepared: Prepared) -> None:
    async with running(prepared, "database") as processes:
        async with looking_into(processes) as database:
            owner = await database.connect_owner()
            # As it is when the tables came here from another cluster.
            await owner.execute("UPDATE event_log.epoch SET system_identifier = 1")
            await owner.close()
        settings = Settings(data=str(prepared.folder))
        with pytest.raises(GateClosed, match="restore --adopt"):
            async with open_house(settings):
                raise AssertionError("nobody serves from it")
        adopted = await command(prepared.folder, "restore", "--adopt")
        assert adopted[:2] == (0, "adopted\n"), adopted
        assert await epoch_of(processes) == 2
        async with open_house(settings) as house:
            assert await house.engines.sql.directory.by_slug(SLUG) is not None
