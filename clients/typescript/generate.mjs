// Writes src/generated/store and src/generated/admin from the documents in the folder that is named
// on the command line; `make clients` puts them there.
import { createClient } from '@hey-api/openapi-ts';

const [folder] = process.argv.slice(2);

await createClient(
  ['store', 'admin'].map((half) => ({
    input: `${folder}/${half}.json`,
    output: { path: `src/generated/${half}`, module: { extension: '.js' } },
    logs: { level: 'silent' },
    plugins: [
      { name: '@hey-api/client-fetch', throwOnError: true },
      '@hey-api/typescript',
      { name: '@hey-api/sdk', responseStyle: 'data' },
    ],
  })),
);
