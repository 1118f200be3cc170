"""From a record to the fields of the index, and back.

Each word is kept with its tenant and kind in front, so that no question meets another tenant's list
of records. Numbers are columns by their place in the kind. Keys and texts are letters and digits
only, since the engine takes bounds of texts from its query language alone.
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from tantivy import Document, Schema, SchemaBuilder

from galleria.engines.record_index.model import (
    MOST_FIGURES,
    MOST_TEXT,
    MOST_WORD,
    Record,
    RecordKind,
)
from galleria.engines.search_index.embedded.form import Form

FORMAT = 1


class Card(msgspec.Struct, frozen=True, array_like=True):
    """What the index keeps to show a record without asking anybody else."""

    id_bytes: bytes
    text: str
    figures: tuple[int, ...]


@cache
def schema() -> Schema:
    """The schema of `FORMAT`."""
    builder = SchemaBuilder()
    builder.add_text_field("key", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tenant", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", fast=True, tokenizer_name="raw", index_option="basic")
    for place in range(MOST_FIGURES):
        builder.add_integer_field(column(place), fast=True)
    builder.add_bytes_field("card", stored=True)
    return builder.build()


def column(place: int) -> str:
    """Where the figures are that stand at this place in their kind."""
    return f"figure_{place}"


def key_of(tenant_id: int, subject: str) -> str:
    """The text that names one record of one tenant: its number, the kind, the id."""
    return f"{int(tenant_id)}z{subject}"


def word_of(tenant_id: int, kind: RecordKind, word: str) -> str:
    """The word as a term; the empty word is true of all records of the kind."""
    cut = word if len(word) <= MOST_WORD and word.isascii() else _clean(word)
    return f"{int(tenant_id)}:{kind.name}:{cut}"


def text_of(text: str) -> str:
    """The text as letters and digits that sort as its bytes do."""
    return "x" + text[:MOST_TEXT].encode("utf-8", "ignore").hex()


def record_of(kind: RecordKind, card: bytes) -> Record:
    """The record that was kept so, without its words."""
    kept = msgspec.msgpack.decode(card, type=Card)
    return Record(
        kind=kind,
        record_id=UUID(bytes=kept.id_bytes),
        text=kept.text,
        figures=dict(zip(kind.figures, kept.figures, strict=True)),
    )


def _document(tenant_id: int, record: Record, _format: int) -> Document:
    kind, text = record.kind, record.text[:MOST_TEXT]
    figures = tuple(record.figures[name] for name in kind.figures)
    fields: dict[str, Any] = {
        "key": key_of(tenant_id, kind.subject(record.record_id)),
        "tenant": str(int(tenant_id)),
        "words": [word_of(tenant_id, kind, each) for each in ("", *dict.fromkeys(record.words))],
        "text": text_of(text),
        "card": msgspec.msgpack.encode(Card(record.record_id.bytes, text, figures)),
    }
    for place, figure in enumerate(figures):
        fields[column(place)] = figure
    return Document.from_dict(fields, schema())


def _clean(word: str) -> str:
    return word[:MOST_WORD].encode("utf-8", "ignore").decode()


RECORDS = Form(
    format=FORMAT,
    least_readable=FORMAT,
    schema=schema,
    analyzers=dict,
    subject_of=lambda record: record.kind.subject(record.record_id),
    part_of=lambda record: None,
    key_of=key_of,
    taken=_document,
)
