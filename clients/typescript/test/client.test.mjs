// Run by `node --test`: GALLERIA_URL, GALLERIA_SHOP and GALLERIA_KEY name a running Galleria.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';

import { Problem, Storefront, VERSION, getCart } from '../dist/index.js';
import { Admin, each, listStockLocations } from '../dist/admin.js';

const { GALLERIA_URL: url, GALLERIA_SHOP: shop, GALLERIA_KEY: key } = process.env;

const checkoutWith = (token) => ({
  email: 'client@example.com',
  payment: { method: 'test', token },
  shipping_method: 'standard',
  shipping_address: {
    name: 'Ann Buyer', line1: 'Long Street 1', city: 'Berlin', country: 'DE', postal_code: '10115',
  },
});

async function all(items, most = Infinity) {
  const found = [];
  for await (const item of items) {
    found.push(item);
    if (found.length >= most) break;
  }
  return found;
}

describe('against a running shop', () => {
  const front = new Storefront({ url, shop });
  const office = new Admin({ url, key });

  async function filledCart() {
    for await (const card of front.products()) {
      const { variants } = await front.product(card.handle);
      const variant = variants.find((each) => each.is_available && each.few_left === null);
      if (variant) return front.openCart([{ variant_id: variant.variant_id, quantity: 1 }]);
    }
    throw new Error('the shop has nothing');
  }

  test('a list is walked page after page', async () => {
    const whole = await all(front.products());
    const inTwos = await all(front.products({ limit: 2 }));
    assert.ok(whole.length > 5);
    assert.deepEqual(inTwos, whole);
  });

  test('a search takes filters by facet', async () => {
    const { facets } = await front.search();
    const [facet] = facets;
    const [value] = facet.values;
    const filters = { [facet.code]: [value.value] };
    assert.equal((await front.search('', { filters })).total, value.count);
    assert.equal((await all(front.found('', { filters }))).length, value.count);
  });

  test('a cart is bought once however often it is sent', async () => {
    const cart = await filledCart();
    const again = crypto.randomUUID();
    const order = await front.checkOut(cart.token, checkoutWith('tok_approve'), again);
    const repeated = await front.checkOut(cart.token, checkoutWith('tok_approve'), again);
    assert.equal(repeated.order_id, order.order_id);
    assert.equal((await front.order(order.token)).status, 'placed');
    const orders = await all(office.orders(), 20);
    assert.ok(orders.some((each) => each.order_id === order.order_id));
  });

  test('failures are problems with a code', async () => {
    await assert.rejects(front.product('no-such-thing'), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, 'product_not_found');
      assert.equal(error.status, 404);
      assert.ok(error.requestId);
      return true;
    });
    const cart = await filledCart();
    await assert.rejects(front.checkOut(cart.token, checkoutWith('tok_decline')), {
      code: 'payment_declined',
    });
    await assert.rejects(all(new Admin({ url, key: 'gal_key_wrong' }).products()), { status: 401 });
  });

  test('any operation is a function', async () => {
    const cart = await front.openCart();
    const path = { cart_id: cart.token };
    assert.equal((await getCart({ client: front.client, path })).token, cart.token);
    const { client } = office;
    assert.ok(
      (await all(each((cursor) => listStockLocations({ client, query: { cursor } })))).length,
    );
  });

  test('a picker names the variant that is chosen', async () => {
    for await (const card of front.products()) {
      const { options, variants } = await front.product(card.handle);
      if (options.length === 0) continue;
      const [variant] = variants;
      const chosen = options.map((option, at) => [option.name, variant.options[at]]);
      const { variant: picked } = await front.picker(card.handle, Object.fromEntries(chosen));
      assert.equal(picked.variant_id, variant.variant_id);
      return;
    }
  });
});

describe('against a server that stumbles', () => {
  let server;
  let base;
  let failures = [];
  let asked = [];
  let isSilent = false;
  const sleep = async () => {};

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      request.resume();
      if (isSilent) return;
      const [status, headers] = failures.shift() ?? [200, {}];
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end('{"items": [], "next_cursor": null}');
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    base = `http://127.0.0.1:${server.address().port}`;
  });
  beforeEach(() => {
    failures = [];
    asked = [];
    isSilent = false;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('a read is sent again until it is answered', async () => {
    failures = [[503, {}], [502, {}], [429, { 'retry-after': '0' }]];
    assert.deepEqual(await all(new Storefront({ url: base, sleep }).products()), []);
    assert.equal(asked.length, 4);
  });

  test('patience ends', async () => {
    failures = Array.from({ length: 5 }, () => [503, {}]);
    await assert.rejects(all(new Storefront({ url: base, retries: 1, sleep }).products()), {
      code: 'http_503',
    });
    assert.equal(asked.length, 2);
  });

  test('a wait longer than patience is told at once', async () => {
    failures = [[429, { 'retry-after': '600' }]];
    await assert.rejects(all(new Storefront({ url: base, sleep }).products()), { retryAfterS: 600 });
    assert.equal(asked.length, 1);
  });

  test('a write is sent again only under a key, and under the same', async () => {
    const front = new Storefront({ url: base, sleep });
    failures = [[503, {}]];
    await assert.rejects(front.openCart(), { status: 503 });
    assert.equal(asked.length, 1);
    failures = [[503, {}]];
    await front.checkOut('a-cart', checkoutWith('tok_approve'));
    const keys = asked.slice(1).map((request) => request.headers['idempotency-key']);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
  });

  test('no answer is waited for for ever', async () => {
    isSilent = true;
    await assert.rejects(
      all(new Storefront({ url: base, timeoutMs: 100, retries: 0 }).products()),
      { name: 'TimeoutError' },
    );
  });

  test('a request says who asks and in which version', async () => {
    await all(
      new Storefront({
        url: base, shop: 'prints', key: 'gal_pass_x', apiVersion: '2026-11', userAgent: 'kiosk/3',
      }).products(),
    );
    const [{ headers }] = asked;
    assert.equal(headers['user-agent'], `kiosk/3 galleria-client-typescript/${VERSION}`);
    assert.equal(headers['x-galleria-shop'], 'prints');
    assert.equal(headers['galleria-version'], '2026-11');
    assert.equal(headers['authorization'], 'Bearer gal_pass_x');
  });
});
