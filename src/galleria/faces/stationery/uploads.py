"""Files that come with a form: passed on as they arrive, never held whole.

A browser sends a form's fields in the order of the page. Ours put the file inputs last, so that
all that is to be checked is known before the first byte of a file is taken.
"""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from galleria.foundation.errors import InvalidInput

MOST_PARTS = 200
MOST_FIELD_BYTES = 20_000
MOST_NAME_LENGTH = 200


class UploadBroken(InvalidInput):
    """The form did not arrive whole, or not as forms are sent."""

    code = "upload_broken"
    title = "The file did not arrive"


class Upload:
    """A form with files. `fields` are those before the first file; then walk through `files`."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        """Read from this request."""
        self.fields: dict[str, str] = {}
        self._events = _events(request)
        self._file: MultipartSegment | None = None

    async def read_fields(self) -> None:
        """All fields before the first file are in `fields`.

        Raises:
            UploadBroken: this is no form with files.
        """
        async for segment in self._segments():
            if segment.filename is not None:
                self._file = segment
                return
            content = bytearray()
            async for chunk in self._content():
                content += chunk
                if len(content) > MOST_FIELD_BYTES:
                    raise UploadBroken("a field is too long")
            self.fields.setdefault(segment.name or "", _text(bytes(content)))

    async def files(self) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Name and content of each file; an input left empty by the reader counts as none.

        Each content is to be read before the next file is asked for.

        Raises:
            UploadBroken: the form ends in the middle.
        """
        segment = self._file
        while segment is not None:
            content = self._content()
            if segment.filename:
                yield _file_name(segment.filename), content
            # What nobody wanted to read goes by, so that the next part is found.
            async for _ in content:
                pass
            segment = await anext(self._segments(), None)

    async def _segments(self) -> AsyncIterator[MultipartSegment]:
        async for event in self._events:
            if isinstance(event, MultipartSegment):
                yield event

    async def _content(self) -> AsyncIterator[bytes]:
        async for event in self._events:
            if event is None:
                return
            yield bytes(event)


async def _events(request: Request[Any, Any, Any]) -> AsyncIterator[Any]:
    """What the parser says, as the bytes come in: a part's head, its bytes, None at its end."""
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get("boundary", "")
    if media_type != "multipart/form-data" or not boundary:
        raise UploadBroken("send the form with its file")
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
            async for chunk in request.stream():
                if chunk and not parser.closed:
                    for event in parser.parse(chunk):
                        yield event
    except MultipartError as error:
        raise UploadBroken(f"the form is damaged: {error}") from None


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise UploadBroken("a field is not UTF-8") from None
    if "\x00" in text:
        raise UploadBroken("a field holds the character NUL")
    return text


def _file_name(sent: str) -> str:
    """The name without folders and control characters: some browsers send a whole path."""
    base = sent.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in base if letter.isprintable())[:MOST_NAME_LENGTH] or "file"
