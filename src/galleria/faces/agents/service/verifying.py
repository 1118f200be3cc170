"""Whether a request comes from the agent it names, unchanged, and for the first time."""

import hashlib
from datetime import timedelta

from galleria.engines.context import Context
from galleria.faces.agents import repository
from galleria.faces.agents.errors import ProtocolError, SignatureInvalid, SignatureMissing
from galleria.faces.agents.model.protocol import AgentProfile
from galleria.faces.agents.model.settings import AgentSettings
from galleria.faces.agents.model.signatures import (
    WINDOW,
    Candidate,
    Message,
    base_of,
    candidates_of,
    check_coverage,
    check_digest,
    check_time,
    key_named,
    verify,
)

# Longer than a signature is accepted, however wrong a clock may be.
NONCES_KEPT_FOR = 4 * WINDOW + timedelta(minutes=1)


async def check_signature(
    ctx: Context, message: Message, agent: AgentProfile, *, is_write: bool, is_public: bool
) -> None:
    """Pass when the request is signed by the agent, or need not be and is not.

    Of several signatures one has to fit. A signature with a nonce is taken once; one that is
    sent again without is answered by what is kept under its idempotency key, which it covers.

    Raises:
        SignatureMissing, SignatureInvalid, SigningKeyNotFound, DigestMismatch,
        AlgorithmUnsupported: see each.
    """
    if "signature-input" not in message.headers and "signature" not in message.headers:
        if ctx.engines.settings_of(AgentSettings).require_signatures and not is_public:
            raise SignatureMissing("this shop deals with agents that sign their requests")
        return
    check_digest(message)
    refused: ProtocolError | None = None
    for signed in candidates_of(message.headers):
        try:
            check_coverage(message, signed, is_write=is_write)
            check_time(signed, ctx.now)
            data = base_of(message, signed.components, signed.stated)
            verify(key_named(agent.keys, signed.key_id), data, signed.signature)
        except ProtocolError as error:
            refused = error
            continue
        await _take_nonce(ctx, agent, signed)
        return
    assert refused is not None, "there is a candidate, or its lack was told"
    raise refused


async def _take_nonce(ctx: Context, agent: AgentProfile, signed: Candidate) -> None:
    nonce = signed.parameters.get("nonce")
    if nonce is None:
        return
    if "created" not in signed.parameters:
        # Without a time the nonce would have to be remembered for ever.
        raise SignatureInvalid("a signature with a nonce says when it was created")
    text = f"{agent.url}\n{signed.key_id}\n{nonce}"
    async with ctx.transaction() as tx:
        if not await repository.take_nonce(tx, hashlib.sha256(text.encode()).digest()):
            raise SignatureInvalid("this signature came before")
