"""The clusters that the search contract may be asked of, named by the environment."""

import os

import pytest

OPENSEARCH_URL = os.environ.get("GALLERIA_TEST_OPENSEARCH_URL", "")
needs_opensearch = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not OPENSEARCH_URL, reason="GALLERIA_TEST_OPENSEARCH_URL names no OpenSearch"
    ),
]
