"""What one kind of index is made of: its fields, and what becomes of a document.

The files, the writer, the reader and the look for damage are the same for all of them.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from tantivy import Document, Schema, TextAnalyzer

DocumentT = TypeVar("DocumentT")


@dataclass(frozen=True, slots=True)
class Form(Generic[DocumentT]):
    """A kind of index.

    Args:
        format: raised when fields or analysis change: an index of an earlier format is made anew.
        least_readable: the earliest format that goes on answering and changing meanwhile.
        schema: its fields, among them the texts `key` and `tenant`, which deletes go by.
        analyzers: how words are taken apart, by the names the schema gives.
        subject_of: what a document is about; all documents of a subject come and go together.
        part_of: which of its subject's documents it is; the last one said counts.
        key_of: the text that names a subject of a tenant; no other tenant's subject has it.
        taken: the document as the engine takes it in an index of a format. Raises ValueError.
    """

    format: int
    least_readable: int
    schema: Callable[[], Schema]
    analyzers: Callable[[], Mapping[str, TextAnalyzer]]
    subject_of: Callable[[DocumentT], str]
    part_of: Callable[[DocumentT], Hashable]
    key_of: Callable[[int, str], str]
    taken: Callable[[int, DocumentT, int], Document]
