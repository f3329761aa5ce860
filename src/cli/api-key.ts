import { createApiKey } from '../auth/credentials/api-keys.ts';

/** `weir api-key`: a new key for a service, and what the configuration keeps of it. */
export function printApiKey(id: string): void {
  const { key, digest } = createApiKey(id);
  console.log(`${key}

Give the key to the service; it sends it as "x-api-key" and it cannot be shown again.
Into the configuration, under auth.apiKeys:

  - id: ${id}
    digest: ${digest}
    subject: ${id}
    roles: []`);
}
