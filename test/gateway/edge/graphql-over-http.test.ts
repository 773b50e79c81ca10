// GraphQL over HTTP as its own working group audits servers, against both gateways over real sockets. No requirement may be broken; where
// we leave a recommendation aside, the list below says which and why. Introspection is on, because some audits ask the schema.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { startBareGateway } from '../../../gateway/bare-server';
import { readConfig } from '../../../gateway/config';
import { startGateway } from '../../../gateway/server';
import { createLogger } from '../../../shared/service/logger';
import { startWorld } from '../../support/contract-world';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

let origins: Readonly<Record<'bare' | 'hosted', string>>;
let issuer: TokenIssuer;
const stops: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  const world = await startWorld([]);
  stops.push(world.close);
  issuer = await startTokenIssuer();
  stops.push(issuer.stop);
  const folder = mkdtempSync(join(tmpdir(), 'senim-audit-'));
  stops.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'operators.json'), '{"operators":[]}');
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
  const bare = await startBareGateway({
    sdl: world.supergraph,
    partitions: { operator: {} },
    host: '127.0.0.1',
    port: 0,
  });
  stops.push(bare.stop);
  const config = readConfig({
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: world.servers.numbering?.url,
    FRAUD_CASES_URL: world.servers['fraud-cases']?.url,
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const hosted = await startGateway(config.value, createLogger({ name: 'test', level: 'silent' }), () => ({}));
  stops.push(hosted.stop);
  origins = { bare: bare.url, hosted: hosted.url };
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Operations come by POST alone: a GET may be made by any page, link or cache, and its address is written down everywhere. */
const NO_GET = ['notice 5A70', 'notice 6A70', 'notice D6D5'];

/**
 * Apollo Server answers a refused operation with 400, whatever the client accepts; so does the catalogue of bad input. Clients that
 * want GraphQL over HTTP to the letter ask for application/graphql-response+json, where 400 is what it wants.
 */
const REFUSED_WITH_400 = ['warn 572B', 'warn 7B9B', 'warn FDE2'];

test.each([
  ['bare', NO_GET],
  ['hosted', [...NO_GET, ...REFUSED_WITH_400]],
] as const)('the %s gateway breaks no requirement', async (which, leftAside) => {
  const authorization = `Bearer ${issuer.tokenOf('investigator-1')}`;
  const signedIn = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { ...init, headers: { ...init.headers, authorization } });
  const fetchFn = which === 'bare' ? fetch : signedIn;
  const results = await auditServer({ url: `${origins[which]}/graphql`, fetchFn });
  expect(results).toHaveLength(61);
  expect(results.filter(({ status }) => status === 'error')).toEqual([]);
  const found = results.filter(({ status }) => status !== 'ok').map(({ status, id }) => `${status} ${id}`);
  expect(found.sort()).toEqual([...leftAside].sort());
});
