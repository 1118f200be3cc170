"""A wrong setting stops the start in one line that names it and says what would fit."""

from pathlib import Path

import pytest

from galleria.app.http import build_gateway
from galleria.app.searching import open_search
from galleria.bindings import read_room_settings
from galleria.engines.context import Engines
from galleria.engines.search_index.clusters import ClusteredSearch
from galleria.foundation.errors import InvalidInput
from galleria.platform.changes.model.changes import ChangesSettings
from galleria.settings import Settings, load_settings
from tests.app.typing_commands import galleria

WRONG = {
    "GALLERIA_PORT": ["abc", "0", "70000", "-1", "8000.5"],
    "GALLERIA_LOG_LEVEL": ["loud", "INFO"],
    "GALLERIA_LOG_JSON": ["maybe"],
    "GALLERIA_PUBLIC_SCHEME": ["ftp", "https://"],
    "GALLERIA_DATABASE_CONNECTIONS": ["0", "1", "201", "many"],
}
LATER = {
    "GALLERIA_SECRET": "short",
    "GALLERIA_DATABASE_URL": "mysql://root@localhost/x",
    "GALLERIA_CHANGES_KEEP_DAYS": "0",
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, each in WRONG.items() for t in each])
def test_a_value_that_does_not_fit_is_named(name: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{name} does not fit: "):
        load_settings({name: text})


@pytest.mark.parametrize("name", [*WRONG, *LATER])
def test_a_command_ends_with_one_line_and_no_trace(name: str, tmp_path: Path) -> None:
    text = WRONG[name][0] if name in WRONG else LATER[name]
    result = galleria("shop", "list", "--data", str(tmp_path), **{name: text})
    assert result.exit_code == 1
    assert result.stdout == ""
    assert name in result.stderr and result.stderr.count("\n") == 1
    assert isinstance(result.exception, SystemExit)


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    result = galleria("shop", "list", "--data", str(file))
    assert result.exit_code == 1
    assert str(file) in result.stderr and result.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    url = "postgresql://nobody:nothing@127.0.0.1:1/galleria"
    backup = ["backup", str(tmp_path / "b.tar")]
    for words in (["shop", "list"], ["migrate"], backup):
        result = galleria(*words, "--data", str(tmp_path), GALLERIA_DATABASE_URL=url)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1), result.stderr
        code = "backup_failed" if words is backup else "database_unavailable"
        assert f"[{code}]" in result.stderr


async def test_a_proxy_that_is_no_address_is_named(engines: Engines) -> None:
    settings = Settings(trusted_proxies="10.0.0.1, proxy.example")
    with pytest.raises(InvalidInput, match="GALLERIA_TRUSTED_PROXIES does not fit"):
        build_gateway(settings, engines, b"a secret that only tests know")


def test_the_command_line_wins_over_the_environment_and_empty_counts_as_unset() -> None:
    environ = {"GALLERIA_PORT": "9000", "GALLERIA_HOST": "", "GALLERIA_DATA": "/srv/shop"}
    settings = load_settings(environ, port=9001, host=None)
    assert (settings.port, settings.host, settings.data) == (9001, "127.0.0.1", "/srv/shop")


def test_a_room_has_settings_of_its_own_under_its_name() -> None:
    assert read_room_settings({})[ChangesSettings] == ChangesSettings(keep_days=730)
    environ = {"GALLERIA_CHANGES_KEEP_DAYS": "90"}
    assert read_room_settings(environ)[ChangesSettings].keep_days == 90
    with pytest.raises(InvalidInput, match=r"^GALLERIA_CHANGES_KEEP_DAYS does not fit: "):
        read_room_settings({"GALLERIA_CHANGES_KEEP_DAYS": "for ever"})


def test_addresses_follow_scheme_and_port() -> None:
    assert Settings().shop_address("mugs") == "http://mugs.localhost:8000"
    behind = Settings(public_scheme="https", base_domain="shops.example")
    assert behind.shop_address("mugs") == "https://mugs.shops.example"
    assert behind.admin_address == "https://admin.shops.example"
    assert Settings(port=80).admin_address == "http://admin.localhost"


def clusters_of(**settings: str) -> dict[str, bool]:
    """The search clusters that are opened, each with whether it is drained."""
    environ = {f"GALLERIA_SEARCH_{name.upper()}": text for name, text in settings.items()}
    search = open_search(load_settings(environ))
    assert isinstance(search, ClusteredSearch)
    return search.are_drained


def test_search_runs_in_as_many_clusters_as_are_named() -> None:
    assert clusters_of(url="https://s1.Shops.example") == {"s1-shops-example": False}
    several = "east=http://a:9201/shops?shards=2, http://10.0.0.7:9200\n west=http://b"
    drained = {"east": False, "10-0-0-7": False, "west": True}
    assert clusters_of(url=several, near="west east", drained="west") == drained


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "http://a:9201 http://a:9202"}, "two clusters called a"),
        ({"url": "east=http://a east=http://b"}, "two clusters called east"),
        ({"url": "east=http://a west=http://a"}, "up to 8 different clusters"),
        ({"url": " ".join(f"http://s{at}" for at in range(9))}, "up to 8 different clusters"),
        ({"url": "East=http://a"}, "GALLERIA_SEARCH_URL takes NAME=URL"),
        ({"url": "=http://a"}, "GALLERIA_SEARCH_URL takes NAME=URL"),
        ({"url": "east=http://a west"}, "GALLERIA_SEARCH_URL begins with http"),
        ({"url": "http://a http://b", "near": "c"}, "GALLERIA_SEARCH_NEAR names 'c'.* a, b"),
        ({"url": "http://a http://b", "drained": "c"}, "GALLERIA_SEARCH_DRAINED names 'c'"),
        ({"url": "http://a http://b", "drained": "a,b"}, "GALLERIA_SEARCH_DRAINED leaves no"),
    ],
)
def test_search_clusters_that_cannot_be_right_are_named(
    settings: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        clusters_of(**settings)
