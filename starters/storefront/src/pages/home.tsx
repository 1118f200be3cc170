import type { Card, CategoryNode } from '../galleria/generated/store/types.gen.js';
import { settings } from '../shop.js';
import { Cards } from './cards.js';

interface Props {
  categories: readonly CategoryNode[];
  products: readonly Card[];
}

export function HomePage({ categories, products }: Props) {
  const top = categories.filter((each) => each.parent_id === null && each.product_count !== 0);
  return (
    <>
      <h1>{settings.name}</h1>
      <CategoryLinks categories={top} />
      <h2>New in the shop</h2>
      <Cards products={products} />
      <p>
        <a href="/search">All goods</a>
      </p>
    </>
  );
}

export function CategoryLinks({ categories }: { categories: readonly CategoryNode[] }) {
  if (categories.length === 0) return null;
  return (
    <nav aria-label="Categories">
      <ul class="categories">
        {categories.map((each) => (
          <li key={each.category_id}>
            <a href={`/category/${each.path}`}>{each.name}</a> <span>{each.product_count}</span>
          </li>
        ))}
      </ul>
    </nav>
  );
}
