"""The embedded database starts, keeps its data, heals what a kill left, ends with its parent."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest

from galleria.engines.sql.bootstrap import prepare_embedded
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.launcher import (
    DatabaseDidNotStart,
    EmbeddedPostgres,
    memory_settings,
)
from galleria.engines.sql.roles import APP, OWNER, ROLES

SECRET = b"launcher tests' own secret.........."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)  # as a home folder: nobody else may enter
    return private / "data"


async def write_something(server: EmbeddedPostgres) -> None:
    access = await prepare_embedded(server, SECRET)
    owner = await connect_as(access, OWNER)
    await owner.execute("CREATE TABLE kept (n int)")
    await owner.execute("INSERT INTO kept VALUES (7)")
    await owner.close()


async def what_was_kept(server: EmbeddedPostgres) -> int:
    access = await prepare_embedded(server, SECRET)
    owner = await connect_as(access, OWNER)
    value: int = await owner.fetchval("SELECT n FROM kept")
    await owner.close()
    return value


async def test_data_survives_a_clean_stop_and_a_second_start(folder: Path) -> None:
    first = EmbeddedPostgres(folder, SECRET)
    await first.start()
    await write_something(first)
    await first.stop()
    assert first.process_id is None, "a clean stop removes the lock"
    assert not first.socket_folder.exists()
    second = EmbeddedPostgres(folder, SECRET)
    await second.start()
    assert await what_was_kept(second) == 7
    await second.stop()


async def test_a_killed_server_leaves_a_stale_lock_that_is_healed(folder: Path) -> None:
    first = EmbeddedPostgres(folder, SECRET)
    await first.start()
    await write_something(first)
    assert first.process_id is not None
    os.kill(first.process_id, signal.SIGKILL)
    while first.poll() is None:
        await asyncio.sleep(0.01)
    assert first.process_id is not None, "the lock is still there"
    second = EmbeddedPostgres(folder, SECRET)
    await second.start()
    assert await what_was_kept(second) == 7
    await second.stop()


async def test_a_lock_whose_process_id_now_belongs_to_another_program_is_healed(
    folder: Path,
) -> None:
    first = EmbeddedPostgres(folder, SECRET)
    await first.start()
    await write_something(first)
    await first.stop()
    lines = [str(os.getpid()), str(first.cluster), "0", "5432", "", "", "", "ready"]
    (first.cluster / "postmaster.pid").write_text("\n".join(lines))
    second = EmbeddedPostgres(folder, SECRET)
    await second.start()
    assert await what_was_kept(second) == 7
    await second.stop()


async def test_a_second_process_attaches_and_does_not_stop_what_it_did_not_start(
    folder: Path,
) -> None:
    owner = EmbeddedPostgres(folder, SECRET)
    await owner.start()
    guest = EmbeddedPostgres(folder, SECRET)
    await guest.start()
    assert not guest.is_owner
    await guest.stop()
    assert owner.poll() is None
    await owner.stop()


async def test_two_starts_at_once_make_one_server(folder: Path) -> None:
    servers = [EmbeddedPostgres(folder, SECRET) for _ in range(4)]
    await asyncio.gather(*(server.start() for server in servers))
    assert sum(server.is_owner for server in servers) == 1
    for server in sorted(servers, key=lambda each: each.is_owner):
        await server.stop()


async def test_the_server_ends_with_the_process_that_started_it(folder: Path) -> None:
    program = textwrap.dedent(f"""
        import asyncio, time
        from pathlib import Path
        from galleria.engines.sql.launcher import EmbeddedPostgres
        server = EmbeddedPostgres(Path({str(folder)!r}), {SECRET!r})
        asyncio.run(server.start())
        print(server.process_id, flush=True)
        time.sleep(60)
    """)
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    process_id = int(await asyncio.to_thread(child.stdout.readline))
    child.kill()
    child.wait()
    child.stdout.close()
    for _ in range(200):
        if not Path(f"/proc/{process_id}").exists():
            break
        await asyncio.sleep(0.05)
    assert not Path(f"/proc/{process_id}").exists()


async def test_only_the_three_roles_exist_beside_the_superuser_and_none_may_bypass(
    folder: Path,
) -> None:
    server = EmbeddedPostgres(folder, SECRET)
    await server.start()
    access = await prepare_embedded(server, SECRET)
    owner = await connect_as(access, OWNER)
    rows = await owner.fetch(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty"
        " FROM pg_roles WHERE rolcanlogin AND rolname <> 'galleria_root'"
    )
    await owner.close()
    assert {row["rolname"] for row in rows} == set(ROLES)
    assert not any(row["mighty"] for row in rows)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host=server.address.host, user=APP, database="galleria", password="wrong"
        )
    await server.stop()


async def test_a_socket_path_that_is_too_long_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    server = EmbeddedPostgres(folder, SECRET)
    server.socket_folder = tmp_path / ("x" * 120)
    with pytest.raises(DatabaseDidNotStart, match="TMPDIR"):
        await server.start()


async def test_a_server_that_cannot_start_shows_its_own_words(folder: Path) -> None:
    server = EmbeddedPostgres(folder, SECRET, {"shared_buffers": "nonsense"})
    with pytest.raises(DatabaseDidNotStart, match="shared_buffers"):
        await server.start()


@pytest.mark.parametrize(
    ("gigabytes", "shared"), [(0.5, "128MB"), (2, "256MB"), (8, "1024MB"), (64, "1024MB")]
)
def test_memory_follows_the_machine_within_bounds(gigabytes: float, shared: str) -> None:
    assert memory_settings(int(gigabytes * 1024**3))["shared_buffers"] == shared
