// Sends a request again when that is safe and worth it.
//
// Safe: doing it twice is doing it once, since it only reads, replaces as a whole, or carries an
// idempotency key. Worth it: nobody answered, or the answer was "later".
import { retryAfterS } from './problems.js';

export const IDEMPOTENCY_HEADER = 'Idempotency-Key';
const LATER = new Set([429, 502, 503, 504]);
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT']);
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

export type Send = (request: Request) => Promise<Response>;

export interface Patience {
  /** How often a request that may be sent again is sent again. */
  retries: number;
  /** Longest wait for one answer. */
  timeoutMs: number;
  sleep?: (ms: number) => Promise<void>;
}

/** `send`, more patient: the last answer, or the last failure of the line. */
export function patient(send: Send, { retries, timeoutMs, sleep = pause }: Patience): Send {
  return async (request) => {
    const canRepeat = REPEATABLE.has(request.method) || request.headers.has(IDEMPOTENCY_HEADER);
    for (let attempt = 0; ; attempt += 1) {
      const isLast = attempt >= retries || !canRepeat;
      let wait = waitMs(attempt);
      try {
        const answer = await timed(send, isLast ? request : request.clone(), timeoutMs);
        if (isLast || !LATER.has(answer.status)) return answer;
        const asked = retryAfterS(answer);
        if (asked !== null && asked * 1000 > LONGEST_WAIT_MS) return answer;
        if (asked !== null) wait = asked * 1000;
        await answer.body?.cancel();
      } catch (error) {
        if (isLast || request.signal.aborted) throw error;
      }
      await sleep(wait);
    }
  };
}

/** The answer, or a `TimeoutError` when it does not come in time; the caller's own signal counts too. */
async function timed(send: Send, request: Request, timeoutMs: number): Promise<Response> {
  const line = new AbortController();
  const late = new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError');
  const timer = setTimeout(() => line.abort(late), timeoutMs);
  const stop = () => line.abort(request.signal.reason);
  request.signal.addEventListener('abort', stop, { once: true });
  try {
    return await send(new Request(request, { signal: line.signal }));
  } catch (error) {
    throw line.signal.aborted ? line.signal.reason : error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', stop);
  }
}

/** A random part of a doubling wait, so that clients that failed together do not return together. */
function waitMs(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
