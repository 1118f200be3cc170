"""The embedded index beside a real OpenSearch: the same products, the same questions, in turn.

`GALLERIA_TEST_OPENSEARCH_URL` names the server (`GALLERIA_ENGINES=opensearch OPENSEARCH_HEAP=2g
tools/engines/run.sh make bench NAME=search_beside`), which is asked in its own language, as
somebody would who knows it well: one field for all words, the title lifting the score, keyword
columns for facets, exact totals, nothing kept but what a hit shows, its cache of answers off.
`SEARCH_PRODUCTS` (1,000,000) products; `_search` says which. A question is one to three words that
a product must have, a highest price, 20 hits, the total and four facets.

Both are asked the same question one after the other, the first of the two in turn. `cpu` is the
processor time of the server's process, or of ours, for a question: on a machine that both share it
says more than the clock. `times` are ratios of the two from this one run.
"""

import asyncio
import http.client
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks._demo import conditions, figure
from benchmarks._search import CHANNEL, FACETS, LOCALE, Asked, documents, questions
from galleria.engines.search_index import SearchDocument, SearchIndex, SearchQuery
from galleria.engines.search_index.analysis import words_asked
from galleria.engines.search_index.embedded import open_tantivy

MEASURES = ("src/galleria/engines/search_index/embedded",)
URL = os.environ.get("GALLERIA_TEST_OPENSEARCH_URL", "")
PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "1000000"))
INDEX = "beside"
A_CALL = 5_000
ROUNDS = 400
AT_ONCE = 8
TURNS = 4
TURN_S = 5.0
_FIELDS = {"@brand": "brand", "@category": "category", "color": "color", "material": "material"}
_MAPPING = {
    "settings": {
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "refresh_interval": "30s",
        "analysis": {
            "analyzer": {
                "words": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", "stems"]}
            },
            "filter": {"stems": {"type": "stemmer", "language": "english"}},
        },
    },
    "mappings": {
        "dynamic": "strict",
        "_source": {"includes": ["id", "handle", "title"]},
        "properties": {
            "id": {"type": "keyword"},
            "handle": {"type": "keyword", "index": False, "doc_values": False},
            "title": {"type": "text", "analyzer": "words"},
            "text": {"type": "text", "analyzer": "words"},
            **{name: {"type": "keyword"} for name in (*_FIELDS.values(), "size", "pattern")},
            "code": {"type": "keyword"},
            "price": {"type": "long"},
            "available": {"type": "boolean"},
            "published": {"type": "long"},
            "popularity": {"type": "float"},
        },
    },
}


class Server:
    """A real OpenSearch, over one connection that stays open."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None, "the server has an address"
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        (node,) = self.ask("GET", "/_nodes/_local/process")["nodes"].values()
        self.process_id = int(node["process"]["id"])

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The answer, decoded. `body` is text already, or becomes JSON."""
        data = body if isinstance(body, str | bytes) else json.dumps(body) if body else None
        self._connection.request(method, path, data, {"content-type": "application/json"})
        response = self._connection.getresponse()
        said = response.read()
        assert response.status < 300, said[:500]
        return json.loads(said)  # type: ignore[no-any-return]

    def cpu_s(self) -> float:
        """Processor time that the process has had."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """What the process holds for itself."""
        return _anonymous_mb(self.process_id)


def _anonymous_mb(process_id: int | str) -> float:
    status = Path(f"/proc/{process_id}/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines["RssAnon"].split()[0]) / 1024


def row_of(document: SearchDocument) -> dict[str, object]:
    """The product as a row of the server's."""
    (path,) = document.category_paths
    steps = path.split("/")
    return {
        "id": document.product_id,
        "handle": document.handle,
        "title": document.title,
        "text": f"{document.title} {document.brand} {document.text}",
        "brand": document.brand,
        "category": ["/".join(steps[: at + 1]) for at in range(len(steps))],
        **{code: list(values) for code, values in document.facets.items() if code in _PROPERTIES},
        "code": list(document.codes),
        "price": document.prices[0].amount_minor,
        "available": document.is_available,
        "published": int(document.published_at.timestamp()) if document.published_at else 0,
        "popularity": document.popularity,
    }


_PROPERTIES = frozenset(("color", "material", "size", "pattern"))


def body_of(asked: Asked) -> dict[str, object]:
    """The question in the server's language."""
    match = {"text": {"query": asked.words, "operator": "and"}}
    return {
        "size": 20,
        "track_total_hits": True,
        "query": {
            "bool": {
                "must": {"match": match},
                "should": {"match": {"title": {"query": asked.words, "boost": 2}}},
                "filter": {"range": {"price": {"lte": asked.most_minor}}},
            }
        },
        "aggs": {name: {"terms": {"field": name, "size": 20}} for name in _FIELDS.values()},
    }


def query_of(asked: Asked) -> SearchQuery:
    """The question to ours."""
    return SearchQuery(
        channel=CHANNEL,
        locale=LOCALE,
        words=asked.words,
        currency="EUR",
        price_max_minor=asked.most_minor,
        facets=FACETS,
    )


def batches() -> Iterator[list[SearchDocument]]:
    """All products, some at a time; made before the clock starts."""
    made = documents(PRODUCTS)
    while batch := list(islice(made, A_CALL)):
        yield batch


async def fill(index: SearchIndex, server: Server) -> bool:
    """Both hold all products; how fast each took them in, a call of each in turn."""
    ours_s = theirs_s = ours_cpu_s = 0.0
    server.ask("PUT", f"/{INDEX}", _MAPPING)
    server_cpu_s = server.cpu_s()
    async with await index.open_writer() as writer:
        for number, batch in enumerate(batches()):
            bulk = "".join(
                f'{{"index":{{"_id":"{each.product_id}"}}}}\n{json.dumps(row_of(each))}\n'
                for each in batch
            )
            began_s, cpu_s = time.perf_counter(), time.process_time()
            await writer.apply(1, batch)
            if number % 10 == 9:
                await writer.commit()
            ours_s += time.perf_counter() - began_s
            ours_cpu_s += time.process_time() - cpu_s
            began_s = time.perf_counter()
            said = server.ask("POST", f"/{INDEX}/_bulk", bulk.encode())
            assert said["errors"] is False, "the server took everything"
            theirs_s += time.perf_counter() - began_s
        began_s = time.perf_counter()
        await writer.commit()
        ours_s += time.perf_counter() - began_s
    began_s = time.perf_counter()
    server.ask("POST", f"/{INDEX}/_refresh")
    theirs_s += time.perf_counter() - began_s
    server_cpu_s = server.cpu_s() - server_cpu_s
    await index.refresh()
    figure("ours_written", PRODUCTS / ours_s, "products/s")
    figure("theirs_written", PRODUCTS / theirs_s, "products/s")
    figure("ours_written_cpu", ours_cpu_s / PRODUCTS * 1e6, "us/product")
    figure("theirs_written_cpu", server_cpu_s / PRODUCTS * 1e6, "us/product")
    figure("written_per_core_times", server_cpu_s / ours_cpu_s, "x")
    return figure("written_times", theirs_s / ours_s, "x", 2.0, most=False)


async def sizes(index: SearchIndex, server: Server) -> bool:
    """Disk and memory of both."""
    server.ask("POST", f"/{INDEX}/_flush")
    stats = server.ask("GET", f"/{INDEX}/_stats/store")
    theirs = stats["_all"]["primaries"]["store"]["size_in_bytes"]
    ours = (await index.status()).size_bytes
    figure("ours_disk", ours / PRODUCTS, "bytes/product")
    figure("theirs_disk", theirs / PRODUCTS, "bytes/product")
    ours_mb = _anonymous_mb("self")
    figure("ours_memory", ours_mb, "MB")
    figure("theirs_memory", server.memory_mb(), "MB")
    held = figure("disk_share", ours / theirs, "x", 0.5)
    return figure("memory_share", ours_mb / server.memory_mb(), "x", 0.5) and held


async def one_by_one(index: SearchIndex, server: Server, asking: list[Asked]) -> bool:
    """How long one shopper waits at each."""
    ours: list[float] = []
    theirs: list[float] = []
    path = f"/{INDEX}/_search?request_cache=false"
    differ = 0
    ours_cpu_s, theirs_cpu_s = 0.0, server.cpu_s()
    for number, asked in enumerate(asking):
        found: dict[str, int] = {}

        async def ask_ours(asked: Asked = asked, found: dict[str, int] = found) -> None:
            found["ours"] = (await index.search(1, query_of(asked), deadline_s=60)).total

        async def ask_theirs(asked: Asked = asked, found: dict[str, int] = found) -> None:
            hits = server.ask("POST", path, body_of(asked))["hits"]
            found["theirs"] = hits["total"]["value"]

        cpu_s = time.process_time()
        if number % 2:
            theirs.append(await _ms(ask_theirs))
            cpu_s = time.process_time()
        ours.append(await _ms(ask_ours))
        ours_cpu_s += time.process_time() - cpu_s
        if not number % 2:
            theirs.append(await _ms(ask_theirs))
        differ += found["theirs"] >= 3 and found["ours"] != found["theirs"]
    theirs_cpu_s = server.cpu_s() - theirs_cpu_s
    figure("questions_with_other_totals", differ, "questions")
    ours.sort()
    theirs.sort()
    held = []
    for name, at in (("p50", len(ours) // 2), ("p99", int(len(ours) * 0.99))):
        figure(f"ours_{name}", ours[at], "ms")
        figure(f"theirs_{name}", theirs[at], "ms")
        held.append(figure(f"{name}_share", ours[at] / theirs[at], "x", 0.5))
    figure("ours_cpu", ours_cpu_s / len(asking) * 1e3, "ms/question")
    figure("theirs_cpu", theirs_cpu_s / len(asking) * 1e3, "ms/question")
    held.append(figure("per_core_times", theirs_cpu_s / ours_cpu_s, "x", 3.0, most=False))
    return all(held)


async def _ms(ask: Callable[[], Awaitable[None]]) -> float:
    began_s = time.perf_counter()
    await ask()
    return (time.perf_counter() - began_s) * 1e3


async def together(index: SearchIndex, asking: list[Asked]) -> None:
    """Questions a second with eight shoppers at once, some seconds of each in turn."""
    servers = [Server(URL) for _ in range(AT_ONCE)]
    path = f"/{INDEX}/_search?request_cache=false"
    count = {"ours": 0, "theirs": 0}

    async def shopper(number: int, who: str, until_s: float) -> None:
        at = number * 50
        while time.perf_counter() < until_s:
            asked = asking[at % len(asking)]
            at += 1
            if who == "ours":
                await index.search(1, query_of(asked), deadline_s=60)
            else:
                await asyncio.to_thread(servers[number].ask, "POST", path, body_of(asked))
            count[who] += 1

    for _ in range(TURNS):
        for who in count:
            until_s = time.perf_counter() + TURN_S
            await asyncio.gather(*(shopper(number, who, until_s) for number in range(AT_ONCE)))
    for who, total in count.items():
        figure(f"{who}_at_once", total / TURNS / TURN_S, "questions/s")
    figure("at_once_times", count["ours"] / count["theirs"], "x")


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    server, index = Server(URL), open_tantivy(folder)
    held = await fill(index, server)
    held = await sizes(index, server) and held
    # A product that only a typing mistake would find is for ours to look for, and not for them.
    asking = [each for each in questions(3 * ROUNDS) if len(words_asked(each.words, LOCALE)) < 3]
    asking = [each for each in asking if _finds_some(server, each)][:ROUNDS]
    for each in asking[:100]:
        await index.search(1, query_of(each), deadline_s=60)
    held = await one_by_one(index, server, asking) and held
    await together(index, asking)
    figure("most_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    server.ask("DELETE", f"/{INDEX}")
    await index.close()
    return held


def _finds_some(server: Server, asked: Asked) -> bool:
    hits = server.ask("POST", f"/{INDEX}/_search", body_of(asked))["hits"]
    return bool(hits["total"]["value"] >= 3)


def main() -> int:
    """1 when a figure is short, or no server is named."""
    if not URL:
        print("GALLERIA_TEST_OPENSEARCH_URL names no server", file=sys.stderr)
        return 1
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
