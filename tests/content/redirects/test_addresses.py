"""One form for each address, and none that lures shoppers away."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.content.redirects import InvalidRedirect
from galleria.content.redirects.model.addresses import (
    MOST_BYTES,
    as_sent,
    asked_path,
    query_of,
    read_old_path,
    read_path,
    read_url,
)


def code_of(error: pytest.ExceptionInfo[InvalidRedirect]) -> str:
    return error.value.errors[0].code


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/old", "/old"),
        ("old/page", "/old/page"),
        (" /old/ ", "/old"),
        ("/old//page///", "/old/page"),
        ("/old?utm_source=x#top", "/old"),
        ("/k%C3%BCche/%2Fa", "/küche/a"),
        ("/ku\u0308che", "/küche"),
        ("/a%20b+c", "/a b+c"),
        ("/what%3F", "/what?"),
        ("/a:b", "/a:b"),
        ("/", "/"),
    ],
)
def test_an_address_has_one_form(written: str, path: str) -> None:
    assert read_path(written) == path


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("https://evil.example/x", "foreign_address"),
        ("//evil.example/x", "foreign_address"),
        ("javascript:alert(1)", "foreign_address"),
        ("\\\\evil.example", "foreign_address"),
        ("/%5Cevil.example", "invalid_path"),
        ("/\\evil.example", "invalid_path"),
        ("/a%0D%0ASet-Cookie:x", "invalid_path"),
        ("/a%00", "invalid_path"),
        ("/%ff", "invalid_path"),
        ("/a/../b", "invalid_path"),
        ("/./a", "invalid_path"),
        ("", "invalid_path"),
        ("?q=1", "invalid_path"),
        ("/" + "ü" * 1_000, "invalid_path"),
    ],
)
def test_what_is_no_path_of_the_shop_is_refused(written: str, code: str) -> None:
    with pytest.raises(InvalidRedirect) as error:
        read_path(written)
    assert code_of(error) == code
    assert error.value.errors[0].path == "from_path"


def test_no_redirect_begins_at_the_first_page() -> None:
    for written in ("/", "/?q=1", "/%2F"):
        with pytest.raises(InvalidRedirect):
            read_old_path(written)
    assert len(read_old_path("/" + "a" * (MOST_BYTES - 1))) == MOST_BYTES


@given(st.text(max_size=60))
def test_a_path_read_again_is_the_same_and_is_found_when_it_is_asked_for(text: str) -> None:
    try:
        path = read_path(text)
    except InvalidRedirect:
        return
    assert asked_path(path) == path
    assert read_path(quote(path, safe="/")) == path
    sent = as_sent(path)
    assert sent.startswith("/") and not sent.startswith(("//", "/\\"))
    assert sent.isascii() and sent.isprintable() and " " not in sent
    assert read_path(sent) == path


@pytest.mark.parametrize("path", ["/a/../b", "/\\evil", "/a\nb", "/" + "a" * 3_000])
def test_an_odd_request_begins_no_redirect(path: str) -> None:
    assert asked_path(path) is None


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("HTTPS://Www.Example.com/Über?q", "https://www.example.com/%C3%9Cber?q"),
        ("https://bücher.example:8443/x%20y#z", "https://xn--bcher-kva.example:8443/x%20y#z"),
    ],
)
def test_another_site_is_reached_by_https(written: str, sent: str) -> None:
    assert read_url(written) == sent


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("http://www.example.com", "insecure_target"),
        ("javascript:alert(1)", "insecure_target"),
        ("data:text/html,x", "insecure_target"),
        ("//www.example.com", "insecure_target"),
        ("https://", "invalid_url"),
        ("https://user:pass@www.example.com", "invalid_url"),
        ("https://shop.example@evil.example/", "invalid_url"),
        ("https://localhost/x", "invalid_url"),
        ("https://127.0.0.1/x", "invalid_url"),
        ("https://[::1]/x", "invalid_url"),
        ("https://[nonsense/x", "invalid_url"),
        ("https://www.example.com:port/", "invalid_url"),
        ("https://www.example.com/a\nb", "invalid_url"),
        ("https://www.example.com\\@evil.example", "invalid_url"),
        ("https://www.example.com/a b", "invalid_url"),
        (f"https://{'a' * 70}.example", "invalid_url"),
        ("https://www.example.com/" + "a" * 2_000, "too_long"),
    ],
)
def test_other_ways_out_of_the_shop_are_refused(written: str, code: str) -> None:
    with pytest.raises(InvalidRedirect) as error:
        read_url(written)
    assert code_of(error) == code


def test_what_follows_a_path_is_kept_apart() -> None:
    assert query_of("/search?q=mug bowl&sort=price#top") == "?q=mug%20bowl&sort=price#top"
    assert query_of("/search#a?b") == "#a?b"
    assert query_of("/search") == ""
    with pytest.raises(InvalidRedirect):
        query_of("/search?q=" + "a" * 2_000)
