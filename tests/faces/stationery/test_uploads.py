"""Forms with files, as they arrive: in pieces of any size, whole or not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar, Request, post

from galleria.faces.stationery import Upload, UploadBroken
from galleria.faces.stationery.uploads import MOST_FIELD_BYTES

BOUNDARY = "edge-4f2a"


@post("/", request_max_body_size=None)
async def take() -> None:
    """Where the forms of these tests are sent."""


# The request asks its route how much may come.
ROUTE = Litestar([take], openapi_config=None).routes[0].route_handlers[0]  # type: ignore[union-attr]


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    """A part as a browser writes it."""
    head = f'Content-Disposition: form-data; name="{name}"'
    if file_name is not None:
        head += f'; filename="{file_name}"\r\nContent-Type: text/csv'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def request(
    body: bytes, size: int = 64, content_type: str = f"multipart/form-data; boundary={BOUNDARY}"
) -> Request[Any, Any, Any]:
    """The request whose body arrives in pieces of `size` bytes."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(b"content-type", content_type.encode())],
        "route_handler": ROUTE,
    }
    return Request(scope, receive=receive)  # type: ignore[arg-type]


async def taken(upload: Upload) -> list[tuple[str, bytes]]:
    """Every file's name and content."""
    return [
        (name, b"".join([chunk async for chunk in content]))
        async for name, content in upload.files()
    ]


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 300),
    files=st.lists(st.binary(max_size=400), max_size=4),
    note=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
)
async def test_fields_and_files_are_the_same_in_whatever_pieces_they_come(
    size: int, files: list[bytes], note: str
) -> None:
    body = form(
        part("note", note.encode()),
        *(part("file", content, f"f{at}.csv") for at, content in enumerate(files)),
    )
    upload = Upload(request(body, size))
    await upload.read_fields()
    assert upload.fields == {"note": note}
    assert await taken(upload) == [(f"f{at}.csv", each) for at, each in enumerate(files)]


async def test_a_file_nobody_reads_is_passed_over() -> None:
    body = form(part("a", b"x" * 5_000, "first.csv"), part("a", b"second", "second.csv"))
    upload = Upload(request(body))
    await upload.read_fields()
    names = []
    async for name, content in upload.files():
        names.append(name)
        if name == "second.csv":
            assert b"".join([chunk async for chunk in content]) == b"second"
    assert names == ["first.csv", "second.csv"]


async def test_an_input_that_was_left_empty_is_no_file() -> None:
    upload = Upload(request(form(part("token", b"t"), part("file", b"", ""))))
    await upload.read_fields()
    assert upload.fields == {"token": "t"}
    assert await taken(upload) == []


async def test_a_file_name_loses_its_folders_and_control_characters() -> None:
    upload = Upload(request(form(part("file", b"1", "C:\\\\shop\\\\..\\\\spring\x07.csv"))))
    await upload.read_fields()
    ((name, _),) = await taken(upload)
    assert name == "spring.csv"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"token=1", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
        (form(part("file", b"1", "a.csv"))[:-30], f"multipart/form-data; boundary={BOUNDARY}"),
        (b"no parts at all", f"multipart/form-data; boundary={BOUNDARY}"),
        (form(part("a", b"\xff\xfe")), f"multipart/form-data; boundary={BOUNDARY}"),
        (form(part("a", b"1\x002")), f"multipart/form-data; boundary={BOUNDARY}"),
        (
            form(part("a", b"x" * (MOST_FIELD_BYTES + 1))),
            f"multipart/form-data; boundary={BOUNDARY}",
        ),
        (form(*(part("a", b"1") for _ in range(300))), f"multipart/form-data; boundary={BOUNDARY}"),
    ],
)
async def test_what_is_no_whole_form_with_files_is_refused(body: bytes, content_type: str) -> None:
    upload = Upload(request(body, content_type=content_type))
    with pytest.raises(UploadBroken):
        await upload.read_fields()
        await taken(upload)
