"""How soon the demo answers its second start, and what its processes weigh at rest.

The first start of a fresh clone, with everything to be downloaded, is timed by CI: see the line
`fresh clone to first page` there.
"""

import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._demo import conditions, figure, running_demo, tree_pss_bytes

MEASURES = ("src/galleria/app", "src/galleria/cli", "src/galleria/engines/sql")
PORT = 18_101
REST_S = 20


def first_page(port: int) -> None:
    """The home page of a shop arrives."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", headers={"Host": f"prints.localhost:{port}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        assert answer.status == 200


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    held = []
    with TemporaryDirectory(prefix="galleria-bench-") as name:
        folder = Path(name) / "data"
        started = time.perf_counter()
        with running_demo(PORT, folder):
            first_page(PORT)
            figure("first_start_to_first_page", time.perf_counter() - started, "s")
        starts = []
        for _ in range(3):
            started = time.perf_counter()
            with running_demo(PORT, folder) as demo:
                first_page(PORT)
                starts.append(time.perf_counter() - started)
                if len(starts) == 3:
                    time.sleep(REST_S)
                    pss = tree_pss_bytes(demo.process_id)
        held.append(figure("second_start_to_first_page", sorted(starts)[1], "s", 4.0))
        held.append(figure("process_tree_at_rest", pss / 2**20, "MB PSS", 600))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
