// The one place that knows where Galleria is and how this shop writes prices.
import { Storefront } from './galleria/storefront.js';
import type { Money } from './galleria/generated/store/types.gen.js';

export const settings = {
  url: process.env.GALLERIA_URL ?? 'http://127.0.0.1:8000',
  slug: process.env.GALLERIA_SHOP ?? 'prints',
  name: process.env.SHOP_NAME || titled(process.env.GALLERIA_SHOP ?? 'prints'),
  locale: process.env.SHOP_LOCALE ?? 'en-GB',
};

export const shop = new Storefront({
  url: settings.url,
  shop: settings.slug,
  timeoutMs: 5_000,
  userAgent: 'galleria-storefront/0.1.0',
});

/** An amount as people write it: 1290 EUR is €12.90, 1290 JPY is ¥1,290. */
export function price({ amount_minor, currency }: Money): string {
  const format = new Intl.NumberFormat(settings.locale, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount_minor / 10 ** digits);
}

export function day(instant: string): string {
  return new Intl.DateTimeFormat(settings.locale, { dateStyle: 'long' }).format(new Date(instant));
}

function titled(slug: string): string {
  return slug.replace(/(^|-)([a-z])/g, (_, before: string, letter: string) =>
    (before ? ' ' : '') + letter.toUpperCase(),
  );
}
