// One database for each service that owns one: given as an address, or made in an embedded PostgreSQL with a role of its own whose
// password changes at every start. No role may enter another's database.

import { randomBytes } from 'node:crypto';
import { type EmbeddedPostgres, startPostgres } from '../service/embedded-postgres';

/** Databases of a network. */
export interface Databases {
  /** Connection string by service name. */
  readonly urls: ReadonlyMap<string, string>;
  /** Whether an embedded server runs for at least one of them. */
  readonly isEmbedded: boolean;
  stop(): Promise<void>;
}

/** Name of the variable that may give the database of a service, e.g. DATABASE_URL_FRAUD_CASES. */
export function databaseVariable(owner: string): string {
  return `DATABASE_URL_${owner.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Opens the databases of `owners`. With `anew`, embedded ones are dropped first: a seeding that was interrupted leaves half of the
 * data, which must never be taken for the whole.
 */
export async function openDatabases(given: {
  readonly owners: readonly string[];
  readonly addresses: Readonly<Record<string, string | undefined>>;
  readonly dataDirectory: string;
  readonly anew: boolean;
}): Promise<Databases> {
  const urls = new Map<string, string>();
  for (const owner of given.owners) {
    const address = given.addresses[databaseVariable(owner)];
    if (address !== undefined && address !== '') urls.set(owner, address);
  }
  const embedded = given.owners.filter((owner) => !urls.has(owner));
  if (embedded.length === 0) return { urls, isEmbedded: false, stop: async () => {} };
  const server = await startPostgres({ dataDirectory: given.dataDirectory });
  try {
    for (const owner of embedded) urls.set(owner, await makeDatabase(server, owner, given.anew));
  } catch (cause) {
    await server.stop();
    throw cause;
  }
  return { urls, isEmbedded: true, stop: () => server.stop() };
}

async function makeDatabase(server: EmbeddedPostgres, owner: string, anew: boolean): Promise<string> {
  const name = owner.replaceAll('-', '_');
  const account = { role: name, password: randomBytes(18).toString('base64url') };
  if (anew) await server.dropDatabase(name);
  await server.createDatabase(name, { owner: account });
  return server.url(name, account);
}
