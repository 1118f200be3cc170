import type { Card } from '../galleria/generated/store/types.gen.js';
import { price } from '../shop.js';

/** Products as a grid of cards. */
export function Cards({ products }: { products: readonly Card[] }) {
  return (
    <ul class="cards">
      {products.map((product, at) => (
        <li class="card" key={product.product_id}>
          <a href={`/products/${product.handle}`}>
            <Picture src={product.image?.url} alt="" isSoon={at < 4} title={product.title} />
            <span class="title">{product.title}</span>
          </a>
          <p class="price">
            {product.price_range.min.amount_minor !== product.price_range.max.amount_minor && 'from '}
            {price(product.price_range.min)}
            {!product.is_available && <span class="out"> sold out</span>}
          </p>
        </li>
      ))}
    </ul>
  );
}

interface PictureProps {
  src: string | null | undefined;
  alt: string;
  title?: string;
  isSoon?: boolean;
}

/** A picture, or the first letter of what it would show. */
export function Picture({ src, alt, title = '', isSoon = false }: PictureProps) {
  if (!src) {
    return (
      <span class="picture none" aria-hidden="true">
        {title.slice(0, 1)}
      </span>
    );
  }
  return <img class="picture" src={src} alt={alt} loading={isSoon ? 'eager' : 'lazy'} />;
}
