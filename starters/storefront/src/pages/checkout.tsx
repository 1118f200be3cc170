import type {
  CartView,
  Checkout,
  Money,
  OfferedMethod,
} from '../galleria/generated/store/types.gen.js';
import type { Problem } from '../galleria/problems.js';
import { price, settings } from '../shop.js';

type Form = Record<string, string>;
/** Sentences by the field they are about; '' holds what is about none. */
type Problems = Record<string, string>;

const FIELDS = [
  ['email', 'E-mail', 'email', true],
  ['name', 'Name', 'name', true],
  ['line1', 'Street and number', 'address-line1', true],
  ['line2', 'Further line', 'address-line2', false],
  ['postal_code', 'Postcode', 'postal-code', false],
  ['city', 'Town', 'address-level2', true],
] as const;
const COUNTRIES = ['AT', 'BE', 'CH', 'DE', 'DK', 'ES', 'FR', 'GB', 'IT', 'NL', 'PL', 'SE', 'US'];
// The test gateway's tokens. A real gateway's own field makes such a token in the browser.
const CARDS = { tok_approve: 'A card that is accepted', tok_decline: 'A card that is declined' };

/** What the API takes, from what was typed. */
export function readCheckout(form: Form, expectedTotal: Money): Checkout {
  return {
    email: form['email'] ?? '',
    payment: { method: 'test', token: form['card'] ?? '' },
    shipping_method: form['shipping_method'] || null,
    shipping_address: {
      name: form['name'] ?? '',
      line1: form['line1'] ?? '',
      line2: form['line2'] ?? '',
      postal_code: form['postal_code'] ?? '',
      city: form['city'] ?? '',
      country: form['country'] ?? '',
    },
    expected_total: expectedTotal,
  };
}

/** What the shopper was shown and agreed to: another total is refused, not charged. */
export function totalOf(cart: CartView, methods: readonly OfferedMethod[], form: Form): Money {
  const shown = Number(form['subtotal_minor']);
  const subtotal = Number.isSafeInteger(shown) ? shown : cart.subtotal.amount_minor;
  const method = methods.find((each) => each.code === form['shipping_method']);
  return { amount_minor: subtotal + shippingOf(method, subtotal), currency: cart.currency };
}

function shippingOf(method: OfferedMethod | undefined, subtotalMinor: number): number {
  if (!method) return 0;
  const isFree = method.free_from !== null && subtotalMinor >= method.free_from.amount_minor;
  return isFree ? 0 : method.price.amount_minor;
}

/** A refusal, by field where the API names one. */
export function refusals(problem: Problem): Problems {
  const found: Problems = {};
  for (const { path, message } of problem.errors) {
    found[path.split('.').at(-1) ?? ''] = message;
  }
  if (Object.keys(found).length === 0) found[''] = problem.detail || problem.title;
  return found;
}

interface Props {
  cart: CartView;
  methods: readonly OfferedMethod[];
  form: Form;
  problems: Problems;
}

export function CheckoutPage({ cart, methods, form, problems }: Props) {
  const country = form['country'] || settings.locale.slice(-2).toUpperCase();
  const names = new Intl.DisplayNames([settings.locale], { type: 'region' });
  return (
    <>
      <h1>Checkout</h1>
      {Object.keys(problems).length > 0 && (
        <p class="refused" role="alert">
          {problems[''] ?? 'Please look at what is marked below.'}
        </p>
      )}
      <form method="post" action="/checkout" class="checkout">
        {/* The same form sent twice is one order. A refused one may be sent with another card. */}
        <input type="hidden" name="attempt" value={crypto.randomUUID()} />
        <input type="hidden" name="subtotal_minor" value={String(cart.subtotal.amount_minor)} />
        <fieldset>
          <legend>Where it goes</legend>
          {FIELDS.map(([name, label, fill, isRequired]) => (
            <p key={name}>
              <label for={name}>{label}</label>
              <input
                id={name}
                name={name}
                type={name === 'email' ? 'email' : 'text'}
                autocomplete={fill}
                value={form[name] ?? ''}
                required={isRequired}
                maxlength={200}
                aria-invalid={problems[name] ? 'true' : undefined}
                aria-describedby={problems[name] ? `${name}-said` : undefined}
              />
              {problems[name] && (
                <span class="refused" id={`${name}-said`}>
                  {problems[name]}
                </span>
              )}
            </p>
          ))}
          <p>
            <label for="country">Country</label>
            <select id="country" name="country" autocomplete="country">
              {COUNTRIES.map((code) => (
                <option key={code} value={code} selected={code === country}>
                  {names.of(code)}
                </option>
              ))}
            </select>
          </p>
        </fieldset>
        <fieldset>
          <legend>How it goes</legend>
          {methods.map((each, at) => (
            <label key={each.code}>
              <input
                type="radio"
                name="shipping_method"
                value={each.code}
                checked={form['shipping_method'] ? form['shipping_method'] === each.code : at === 0}
              />{' '}
              {each.name}, {price({ ...each.price, amount_minor: shippingOf(each, cart.subtotal.amount_minor) })}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>How it is paid</legend>
          <label for="card">Card</label>
          <select id="card" name="card">
            {Object.entries(CARDS).map(([token, label]) => (
              <option key={token} value={token}>
                {label}
              </option>
            ))}
          </select>
        </fieldset>
        <p class="total">
          Goods <b>{price(cart.subtotal)}</b>, and shipping
        </p>
        <button>Buy now</button>
      </form>
    </>
  );
}
