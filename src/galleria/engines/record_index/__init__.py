"""Finding records: what the people behind the counter look for by anything said of it.

A list that may be narrowed by any mix of words and bounds, sorted by any figure and turned to any
depth is beyond a database under row-level security; an index of columns does it in milliseconds.
The port and its values. The embedded engine (Tantivy) is `galleria.engines.record_index.embedded`,
bound by the roof; see docs/decisions/0018-lists-of-the-counter-come-from-an-index.md.
"""

from galleria.engines.record_index.model import (
    BY_ID,
    BY_TEXT,
    Bound,
    Record,
    RecordKind,
    RecordPage,
    RecordQuery,
    Sort,
)
from galleria.engines.record_index.port import RecordIndex
from galleria.engines.search_index import CommitBatcher, IndexWriter

RecordBatcher = CommitBatcher[Record]
RecordWriter = IndexWriter[Record]

__all__ = [
    "BY_ID",
    "BY_TEXT",
    "Bound",
    "Record",
    "RecordBatcher",
    "RecordIndex",
    "RecordKind",
    "RecordPage",
    "RecordQuery",
    "RecordWriter",
    "Sort",
]
