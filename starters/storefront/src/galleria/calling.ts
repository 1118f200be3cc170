// Written by `make clients`; do not edit.
// One connection to a Galleria: who asks, for which shop, and how long to wait.
import { createClient, createConfig, type Client } from './generated/store/client/index.js';
import { problemOf } from './problems.js';
import { USER_AGENT } from './release.js';
import { patient, type Patience, type Send } from './retrying.js';

export const API_VERSION_HEADER = 'Galleria-Version';
export const SHOP_HEADER = 'X-Galleria-Shop';

export interface Connection {
  /** Where Galleria is, such as `https://api.example.com`; a shop's own host names the shop itself. */
  url: string;
  /** The shop's slug, on an API host and without a key. */
  shop?: string;
  /** `gal_key_…`, which names its shop, or a search key or pass. Never give it to a browser. */
  key?: string;
  /** Longest wait for one answer; 10 s unless told. */
  timeoutMs?: number;
  /** How often a request that may be sent again is sent again; 3 unless told. */
  retries?: number;
  /** The version of the API to be answered in, where the server offers several. */
  apiVersion?: string;
  /** What your program is called; it stands before this client's own name. */
  userAgent?: string;
  /** What sends instead of `fetch`. */
  fetch?: Send;
  /** What waits instead of a timer: tests need not wait. */
  sleep?: Patience['sleep'];
}

/** A client for the generated functions: `listOrders({ client })`. Failures are thrown as `Problem`. */
export function connect(connection: Connection): Client {
  const { url, shop, key, timeoutMs = 10_000, retries = 3, apiVersion, userAgent } = connection;
  const send = patient(connection.fetch ?? ((request) => fetch(request)), {
    retries,
    timeoutMs,
    ...(connection.sleep ? { sleep: connection.sleep } : {}),
  });
  const headers: Record<string, string> = {};
  if (shop !== undefined) headers[SHOP_HEADER] = shop;
  if (key !== undefined) headers['Authorization'] = `Bearer ${key}`;
  if (apiVersion !== undefined) headers[API_VERSION_HEADER] = apiVersion;
  // A browser names itself, and would ask the server's leave for another name.
  if (!('window' in globalThis)) {
    headers['User-Agent'] = userAgent ? `${userAgent} ${USER_AGENT}` : USER_AGENT;
  }
  return createClient(
    createConfig({
      baseUrl: url.replace(/\/+$/, ''),
      headers,
      throwOnError: true,
      responseStyle: 'data',
      fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
        const answer = await send(new Request(input, init));
        if (!answer.ok) throw await problemOf(answer);
        return answer;
      },
    }),
  );
}

/** A part of a list; `next_cursor` leads to the next part. */
export interface Page<Item> {
  items: readonly Item[];
  next_cursor?: string | null;
}

/** Everything a list holds; the next page is read when the loop gets there. */
export async function* each<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield* page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
