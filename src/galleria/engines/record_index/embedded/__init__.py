"""The embedded index of records: Tantivy, in a folder of its own."""

from galleria.engines.record_index.embedded.index import TantivyRecords, open_records

__all__ = ["TantivyRecords", "open_records"]
