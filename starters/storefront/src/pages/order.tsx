import type { StoreOrder } from '../galleria/generated/store/types.gen.js';
import { day, price } from '../shop.js';

const STATES: Record<StoreOrder['status'], string> = {
  pending_payment: 'We are waiting for the payment. This page will know when it has come.',
  placed: 'It is paid, and will be sent.',
  cancelled: 'It was cancelled.',
};

export function OrderPage({ order }: { order: StoreOrder }) {
  return (
    <>
      <h1>{order.status === 'cancelled' ? 'Your order' : 'Thank you for your order'}</h1>
      <p role="status">
        {order.number && <b>{order.number} </b>}
        {STATES[order.status]}
      </p>
      <ul class="lines">
        {order.lines.map((line) => (
          <li class="line" key={line.line_id}>
            <div>
              {line.quantity} × {line.title}
              <p class="soft">{line.options.map((each) => each.value).join(', ')}</p>
            </div>
            <p class="price">{price(line.total)}</p>
          </li>
        ))}
      </ul>
      <p class="total">
        {order.shipping_method_name} {price(order.shipping)}, together <b>{price(order.total)}</b>
      </p>
      {order.fulfillments.map((each) => (
        <p key={each.created_at}>
          Sent on {day(each.created_at)} by {each.carrier}{' '}
          {each.tracking_url ? <a href={each.tracking_url}>{each.tracking_number}</a> : each.tracking_number}
        </p>
      ))}
      <p class="soft">
        A confirmation goes to {order.email}. Keep this address: it is the only way back to this page.
      </p>
    </>
  );
}
