"""Putting people and things into buckets: always the same one, and even across all of them.

Experiments, gradual roll-outs and samples ask for a bucket; whoever was in keeps being in, on every
machine and in every release. A different salt deals everybody anew, independently.
"""

import hashlib


def bucket(key: str, salt: str, buckets: int = 10_000) -> int:
    """The bucket of `key`, 0 to `buckets` - 1, the same for the same three values for ever.

    Args:
        key: who or what is dealt, as in a shopper's id.
        salt: what it is dealt for, as in an experiment's id.
        buckets: how many there are, at least 1; the default steps by a hundredth of a percent.
    """
    assert buckets >= 1, "there must be a bucket"
    # The salt's length keeps ("ab", "c") and ("a", "bc") apart.
    message = f"{len(salt)}:{salt}:{key}".encode()
    drawn = int.from_bytes(hashlib.blake2b(message, digest_size=8).digest(), "big")
    # Multiplying down instead of a remainder: 64 bits leave no bucket measurably larger.
    return drawn * buckets >> 64
