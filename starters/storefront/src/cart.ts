// Which cart a shopper has: its token is a secret, kept in a cookie that no script can read.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CartView } from './galleria/generated/store/types.gen.js';
import { Problem } from './galleria/problems.js';
import { shop } from './shop.js';

const COOKIE = 'cart';
const KEPT_S = 30 * 24 * 3600;

export function cartToken(c: Context): string | undefined {
  return getCookie(c, COOKIE);
}

/** The shopper's cart; null when there is none, or it was ordered or has expired. */
export async function readCart(c: Context): Promise<CartView | null> {
  const token = cartToken(c);
  if (!token) return null;
  try {
    const cart = await shop.cart(token);
    return cart.status === 'open' ? cart : null;
  } catch (error) {
    if (error instanceof Problem && [404, 410, 422].includes(error.status)) return null;
    throw error;
  }
}

/** Put a variant into the cart, opening one when there is none. */
export async function addToCart(c: Context, variantId: string, quantity: number): Promise<void> {
  const present = await readCart(c);
  const cart = present
    ? await shop.addToCart(present.token, variantId, quantity)
    : await shop.openCart([{ variant_id: variantId, quantity }]);
  setCookie(c, COOKIE, cart.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: new URL(c.req.url).protocol === 'https:',
    maxAge: KEPT_S,
  });
}

export function forgetCart(c: Context): void {
  deleteCookie(c, COOKIE, { path: '/' });
}
