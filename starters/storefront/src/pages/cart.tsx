import type { CartView, PricedLine } from '../galleria/generated/store/types.gen.js';
import { price } from '../shop.js';
import { Picture } from './cards.js';

const REASONS: Record<string, string> = {
  not_for_sale: 'no longer sold',
  no_price: 'not sold here',
  sold_out: 'sold out',
  not_enough_stock: 'not so many are left',
  component_unavailable: 'a part of the set is missing',
};

export function CartPage({ cart, said = '' }: { cart: CartView | null; said?: string }) {
  const message = said && (
    <p class="refused" role="alert">
      {said}
    </p>
  );
  if (!cart?.lines.length) {
    return (
      <>
        <h1>Your basket</h1>
        {message}
        <p>
          It is empty. <a href="/">Look around</a>
        </p>
      </>
    );
  }
  return (
    <>
      <h1>Your basket</h1>
      {message}
      <ul class="lines">
        {cart.lines.map((line) => (
          <Line key={line.line_id} line={line} />
        ))}
      </ul>
      <p class="total">
        Together <b>{price(cart.subtotal)}</b>
      </p>
      {cart.is_ready_for_checkout ? (
        <p>
          <a class="button" href="/checkout">
            To the checkout
          </a>
        </p>
      ) : (
        <p class="refused" role="alert">
          Something in the basket cannot be had as it is.
        </p>
      )}
    </>
  );
}

function Line({ line }: { line: PricedLine }) {
  const title = line.title ?? 'Something that is gone';
  return (
    <li class="line">
      <Picture src={line.media_id && `/media/${line.media_id}`} alt="" title={title} />
      <div>
        {line.product_handle ? <a href={`/products/${line.product_handle}`}>{title}</a> : title}
        <p class="soft">{line.options.map((each) => each.value).join(', ')}</p>
        {line.unavailable_reason && (
          <p class="refused">{REASONS[line.unavailable_reason] ?? 'cannot be had'}</p>
        )}
        <form method="post" action={`/cart/lines/${line.line_id}`}>
          <label>
            <span class="unseen">Quantity of {title}</span>
            <input type="number" name="quantity" value={String(line.quantity)} min={1} max={999} />
          </label>
          <button>Update</button>
          <button name="remove" value="1" class="quiet" aria-label={`Remove ${title}`}>
            Remove
          </button>
        </form>
      </div>
      <p class="price">{line.total && price(line.total)}</p>
    </li>
  );
}
