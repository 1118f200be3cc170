import type { PropsWithChildren } from 'hono/jsx';
import { settings } from '../shop.js';

interface Props {
  title: string;
  description: string;
  canonical: string | undefined;
  words: string;
  count: number;
}

export function Layout(props: PropsWithChildren<Props>) {
  const { title, description, canonical, words, count, children } = props;
  return (
    <html lang={settings.locale.slice(0, 2)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === settings.name ? title : `${title} · ${settings.name}`}</title>
        {description && <meta name="description" content={description} />}
        {canonical && <link rel="canonical" href={canonical} />}
        <link rel="stylesheet" href="/assets/store.css" />
        <link rel="icon" href="/assets/icon.svg" />
        <script type="module" src="/assets/store.js"></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="head">
          <a class="name" href="/">
            {settings.name}
          </a>
          <form role="search" action="/search">
            <label class="unseen" for="words">
              Search
            </label>
            <input
              id="words"
              name="q"
              type="search"
              value={words}
              maxlength={200}
              placeholder="Search"
              list="completions"
              autocomplete="off"
            />
            <datalist id="completions"></datalist>
            <button>Search</button>
          </form>
          <a class="basket" href="/cart">
            Basket <span class="count">{count}</span>
          </a>
        </header>
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <footer class="foot">{settings.name}, on Galleria.</footer>
      </body>
    </html>
  );
}
