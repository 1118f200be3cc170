// What the API refuses, as one class of error with a stable `code`. Source: RFC 9457.
import type { ProblemCode } from './generated/codes.js';

export type { ProblemCode };

/** A field that was refused: where (`lines[0].quantity`), a stable code, and a sentence. */
export interface RefusedField {
  path: string;
  code: string;
  message: string;
}

/** The API said no. `code` never changes once published; `http_502` and the like stand for a proxy. */
export class Problem extends Error {
  readonly status: number;
  readonly code: ProblemCode | `http_${number}`;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly RefusedField[];
  /** Finds the request in the server's log. */
  readonly requestId: string | null;
  /** Seconds after which trying again is worth it. */
  readonly retryAfterS: number | null;

  constructor(response: Response, said: Record<string, unknown>) {
    const title = typeof said['title'] === 'string' ? said['title'] : response.statusText;
    const detail = typeof said['detail'] === 'string' ? said['detail'] : '';
    const code = typeof said['code'] === 'string' ? said['code'] : `http_${response.status}`;
    super(`${code}: ${detail || title}`);
    this.name = 'Problem';
    this.status = response.status;
    this.code = code as ProblemCode;
    this.title = title;
    this.detail = detail;
    this.errors = Array.isArray(said['errors']) ? (said['errors'] as RefusedField[]) : [];
    this.requestId = response.headers.get('x-request-id');
    this.retryAfterS = retryAfterS(response);
  }
}

/** The failure an answer stands for, whoever answered: a proxy in between sends no problem. */
export async function problemOf(response: Response): Promise<Problem> {
  let said: unknown = null;
  try {
    said = JSON.parse(await response.text());
  } catch {
    // No JSON: the status has to do.
  }
  return new Problem(response, said && typeof said === 'object' ? { ...said } : {});
}

/** The seconds an answer asks us to wait; null when it names none, or a date. */
export function retryAfterS(response: Response): number | null {
  const value = response.headers.get('retry-after') ?? '';
  return /^\d+$/.test(value) ? Number(value) : null;
}
