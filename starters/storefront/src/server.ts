import { serve } from '@hono/node-server';
import { app } from './app.js';
import { settings } from './shop.js';

const port = Number(process.env.PORT ?? 3000);

const server = serve({ fetch: app.fetch, port, hostname: process.env.HOST ?? '127.0.0.1' }, (at) => {
  console.log(`${settings.name} is at http://localhost:${at.port}, served by ${settings.url}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    // A browser may keep its line open for long; nobody waits for it.
    setTimeout(() => process.exit(0), 2_000).unref();
  });
}
