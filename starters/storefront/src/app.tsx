// Addresses and what answers them. Every page works without scripts; public/store.js makes some of
// them quicker.
import { readFile } from 'node:fs/promises';
import { Hono, type Context } from 'hono';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import { addToCart, cartToken, forgetCart, readCart } from './cart.js';
import { findRedirect } from './galleria/generated/store/sdk.gen.js';
import { Problem } from './galleria/problems.js';
import { CartPage } from './pages/cart.js';
import { CheckoutPage, readCheckout, refusals, totalOf } from './pages/checkout.js';
import { HomePage } from './pages/home.js';
import { Layout } from './pages/layout.js';
import { ListPage, readListing } from './pages/list.js';
import { OrderPage } from './pages/order.js';
import { ProductPage, readChoices } from './pages/product.js';
import { settings, shop } from './shop.js';

export const app = new Hono();

const ASSETS: Record<string, string> = {
  'icon.svg': 'image/svg+xml',
  'store.css': 'text/css',
  'store.js': 'text/javascript',
};

app.use(csrf());
app.use(
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      formAction: ["'self'"],
    },
    // The address of an order is a secret, so no other site is told where a visitor comes from.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: false,
  }),
);

app.get('/assets/:name', async (c) => {
  const type = ASSETS[c.req.param('name')];
  if (!type) return c.notFound();
  const body = await readFile(new URL(`../public/${c.req.param('name')}`, import.meta.url));
  return c.body(body, 200, { 'content-type': type, 'cache-control': 'public, max-age=300' });
});

/** Pictures come through this server, so browsers need to know no other. */
app.get('/media/:id{[0-9a-f-]{36}}', async (c) => {
  const asked = new Headers({ 'x-galleria-shop': settings.slug });
  for (const name of ['accept', 'if-none-match']) {
    const value = c.req.header(name);
    if (value) asked.set(name, value);
  }
  const url = `${settings.url}/media/${c.req.param('id')}`;
  const picture = await fetch(url, { headers: asked, signal: AbortSignal.timeout(10_000) });
  if (picture.status === 404) return c.notFound();
  const headers = new Headers();
  for (const name of ['content-type', 'content-length', 'cache-control', 'etag', 'vary']) {
    const value = picture.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(picture.body, { status: picture.status, headers });
});

app.get('/', async (c) => {
  const [categories, newest] = await Promise.all([
    shop.categories(),
    shop.productPage({ limit: 12 }),
  ]);
  return page(c, settings.name, <HomePage categories={categories} products={newest.items} />);
});

app.get('/search', async (c) => {
  const listing = await readListing(c);
  if (listing.found.redirect_to) return c.redirect(listing.found.redirect_to, 302);
  const title = listing.words ? `“${listing.words}”` : 'All goods';
  return page(c, title, <ListPage title={title} listing={listing} />, listing.words);
});

app.get('/suggest', async (c) => {
  const { completions } = await shop.suggest((c.req.query('q') ?? '').slice(0, 200));
  return c.json(completions, 200, { 'cache-control': 'public, max-age=60' });
});

app.get('/category/:path{.+}', async (c) => {
  const path = c.req.param('path');
  const categories = await shop.categories();
  const category = categories.find((each) => each.path === path);
  if (!category) return c.notFound();
  const listing = await readListing(c, path);
  const children = categories.filter((each) => each.parent_id === category.category_id);
  return page(
    c,
    category.name,
    <ListPage title={category.name} listing={listing} categories={children} />,
  );
});

app.get('/products/:handle', async (c) => {
  const handle = c.req.param('handle');
  const product = await shop.product(handle);
  const picker = product.options.length ? await readChoices(c, product) : null;
  return page(c, product.seo_title || product.title, <ProductPage {...{ product, picker }} />, '', {
    description: product.seo_description,
    canonical: `/products/${product.handle}`,
  });
});

app.get('/cart', async (c) => page(c, 'Your basket', <CartPage cart={await readCart(c)} />));

app.post('/cart', async (c) => {
  const form = await c.req.parseBody();
  const quantity = Math.min(999, Math.max(1, Math.trunc(Number(form['quantity'] ?? 1)) || 1));
  try {
    await addToCart(c, String(form['variant_id']), quantity);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    return page(c, 'Your basket', <CartPage cart={await readCart(c)} said={error.detail} />, '', {
      status: 409,
    });
  }
  return c.redirect('/cart', 303);
});

app.post('/cart/lines/:line', async (c) => {
  const token = cartToken(c);
  const form = await c.req.parseBody();
  const line = c.req.param('line');
  if (!token) return c.redirect('/cart', 303);
  try {
    const quantity = Math.trunc(Number(form['quantity']));
    await (form['remove'] !== undefined || !(quantity > 0)
      ? shop.removeLine(token, line)
      : shop.setQuantity(token, line, quantity));
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    return page(c, 'Your basket', <CartPage cart={await readCart(c)} said={error.detail} />, '', {
      status: 409,
    });
  }
  return c.redirect('/cart', 303);
});

app.get('/checkout', async (c) => {
  const cart = await readCart(c);
  if (!cart?.lines.length) return c.redirect('/cart', 303);
  const methods = await shop.shippingMethods();
  return page(c, 'Checkout', <CheckoutPage {...{ cart, methods, form: {}, problems: {} }} />);
});

app.post('/checkout', async (c) => {
  const cart = await readCart(c);
  if (!cart?.lines.length) return c.redirect('/cart', 303);
  const methods = await shop.shippingMethods();
  const form = readForm(await c.req.parseBody());
  try {
    const checkout = readCheckout(form, totalOf(cart, methods, form));
    const order = await shop.checkOut(cart.token, checkout, form['attempt'] || undefined);
    forgetCart(c);
    return c.redirect(`/orders/${order.token}`, 303);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    const props = { cart: (await readCart(c)) ?? cart, methods, form, problems: refusals(error) };
    return page(c, 'Checkout', <CheckoutPage {...props} />, '', { status: 422 });
  }
});

app.get('/orders/:token', async (c) => {
  const order = await shop.order(c.req.param('token'));
  return page(c, 'Your order', <OrderPage order={order} />);
});

app.notFound(async (c) => {
  const moved = await findRedirect({ client: shop.client, query: { path: c.req.path } }).catch(
    () => null,
  );
  if (moved?.to && moved.to !== c.req.path) return c.redirect(moved.to, moved.is_permanent ? 301 : 302);
  const sorry = (
    <>
      <h1>There is no such page</h1>
      <p>
        It may have been here before. <a href="/">Go to the first page</a> or search above.
      </p>
    </>
  );
  return page(c, 'Not found', sorry, '', { status: 404 });
});

app.onError((error, c) => {
  if (error instanceof Problem && [404, 410].includes(error.status)) return c.notFound() as never;
  if ('getResponse' in error) return error.getResponse();
  console.error(error);
  const hint = error instanceof Problem && error.requestId ? ` (${error.requestId})` : '';
  const sorry = (
    <>
      <h1>That did not work</h1>
      <p>The shop does not answer at the moment{hint}. Please try again in a minute.</p>
    </>
  );
  return page(c, 'That did not work', sorry, '', { status: 502, isBare: true });
});

interface PageOptions {
  description?: string;
  canonical?: string;
  status?: 200 | 404 | 409 | 422 | 502;
  isBare?: boolean;
}

/** A whole page around `content`; only a bare one does without asking for the cart. */
async function page(
  c: Context,
  title: string,
  content: unknown,
  words = '',
  { description = '', canonical, status = 200, isBare = false }: PageOptions = {},
): Promise<Response> {
  const cart = isBare ? null : await readCart(c).catch(() => null);
  c.header('cache-control', 'private, no-store');
  const whole = (
    <Layout {...{ title, description, canonical, words, count: cart?.item_count ?? 0 }}>
      {content as never}
    </Layout>
  );
  return c.html(`<!doctype html>${await whole.toString()}`, status);
}

function readForm(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, String(value).trim().slice(0, 500)]),
  );
}
