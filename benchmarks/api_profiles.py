"""What each profile makes of the answers of a shop: bytes, and the time it takes to shape one.

A shop of the demo, asked over HTTP. `mobile_of_web` is the bytes of a list of twenty for a phone as
a part of those for the web. `shape` is the processor time of shaping an answer that nobody has
kept; what is kept is not shaped again.
"""

import gzip
import sys
import time
import urllib.request

import msgspec

from benchmarks._demo import Demo, conditions, figure, running_demo
from galleria.faces.profiles import BUILT_IN
from galleria.faces.profiles.model.shaping import Shaper

MEASURES = ("src/galleria/faces/profiles",)
PORT = 18_108
SHOP = "prints"
LIST = "/store/v1/products?limit=20"
ROUNDS = 500


def asked(demo: Demo, path: str, profile: str) -> bytes:
    """The answer to a client of this profile."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port}{path}",
        headers={"X-Galleria-Shop": SHOP, "Galleria-Profile": profile},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        return bytes(answer.read())


def shaping_us(shape: str, whole: bytes) -> float:
    """Processor time of decoding, shaping for a phone and encoding, in microseconds."""
    shaper, decoder = Shaper(BUILT_IN["mobile"]), msgspec.json.Decoder(dict[str, object])
    began_s = time.process_time()
    for _ in range(ROUNDS):
        msgspec.json.encode(shaper.shape(shape, decoder.decode(whole)))
    return (time.process_time() - began_s) / ROUNDS * 1e6


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with running_demo(PORT) as demo:
        lists = {each: asked(demo, LIST, each) for each in BUILT_IN}
        handle = str(msgspec.json.decode(lists["web"])["items"][0]["handle"])
        product = f"/store/v1/products/{handle}"
        products = {each: asked(demo, product, each) for each in BUILT_IN}
    for name, answers in (("list_of_20", lists), ("product", products)):
        for profile, body in answers.items():
            figure(f"{name}_{profile}", len(body), "B")
            figure(f"{name}_{profile}_compressed", len(gzip.compress(body, 6)), "B")
    figure("shape_list", shaping_us("cards", lists["web"]), "us")
    figure("shape_product", shaping_us("product", products["web"]), "us")
    part = len(lists["mobile"]) / len(lists["web"])
    return 0 if figure("mobile_of_web", part, "part", 1 / 3) else 1


if __name__ == "__main__":
    sys.exit(main())
