// What the gateway tells at /metrics: who was asked for what and how it ended, under names of the manifest, codes and operators, and nothing
// that a client wrote.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfig } from '../../../gateway/config';
import { type RunningGateway, startGateway } from '../../../gateway/server';
import { createLogger } from '../../../shared/service/logger';
import { startWorld, WORLD_OPERATORS, type World, worldNumber } from '../../support/contract-world';
import { writeGatewayFolder } from '../../support/gateway-folder';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

const RISK =
  'query RiskOf($m: Msisdn!) { phoneNumber(msisdn: $m) { currentTenure { risk { level } } blockStatus { state } } }';
const STRANGE = RISK.replace('RiskOf', 'SomebodyElse');

let world: World;
let folder: string;
let issuer: TokenIssuer;
let gateway: RunningGateway;

beforeAll(async () => {
  world = await startWorld(WORLD_OPERATORS);
  issuer = await startTokenIssuer();
  folder = mkdtempSync(join(tmpdir(), 'senim-metrics-'));
  // Nobody listens for beeline.
  writeGatewayFolder(folder, world.supergraph, (code) => ({
    endpoint: code === 'beeline' ? 'http://127.0.0.1:1/graphql' : (world.servers[code]?.url ?? ''),
  }));
  const hash = createHash('sha256').update(RISK).digest('hex');
  writeFileSync(join(folder, 'documents.json'), JSON.stringify({ [hash]: RISK }));
  const config = readConfig({
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    TRUSTED_DOCUMENTS: 'audit',
    TRUSTED_DOCUMENTS_FILE: join(folder, 'documents.json'),
    NUMBERING_URL: new URL(world.servers.numbering?.url ?? '').origin,
    FRAUD_CASES_URL: world.servers['fraud-cases']?.url,
    REQUEST_DEADLINE_MS: '30000',
    OPERATOR_DEADLINE_MS: '20000',
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  gateway = await startGateway(config.value, createLogger({ name: 'gateway', level: 'silent' }), () => ({}));
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([world.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

async function ask(query: string, m: string): Promise<void> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.tokenOf('investigator-1')}` },
    body: JSON.stringify({ query, variables: { m } }),
  });
  await response.text();
}

async function scrape(): Promise<readonly string[]> {
  const response = await fetch(`${gateway.url}/metrics`);
  expect(response.status).toBe(200);
  return (await response.text()).split('\n');
}

test('counts calls by operator, operation and outcome, and refusals by code', async () => {
  await ask(RISK, worldNumber('kcell', 1));
  await ask(RISK, worldNumber('kcell', 2));
  await ask(STRANGE, worldNumber('tele2', 1));
  await ask(RISK, worldNumber('beeline', 1));
  await ask('query Nonsense { noSuchField }', '');
  await (await fetch(`${gateway.url}/graphql`)).text();
  await (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { authorization: 'Bearer x' } })).text();
  const lines = await scrape();
  const calls = (operator: string, operation: string, outcome: string) =>
    `senim_gateway_operator_calls_total{operator="${operator}",kind="query",operation="${operation}",outcome="${outcome}",program="gateway"}`;
  expect(lines).toEqual(
    expect.arrayContaining([
      `${calls('kcell', 'RiskOf', 'OK')} 2`,
      `${calls('tele2', 'other', 'OK')} 1`,
      `${calls('beeline', 'RiskOf', 'OPERATOR_UNAVAILABLE')} 1`,
      'senim_gateway_subgraph_calls_total{subgraph="numbering",outcome="OK",program="gateway"} 4',
      'senim_gateway_operations_total{operation="RiskOf",kind="query",outcome="OK",program="gateway"} 2',
      'senim_gateway_operations_total{operation="RiskOf",kind="query",outcome="PARTIAL",program="gateway"} 1',
      'senim_gateway_operations_total{operation="other",kind="query",outcome="OK",program="gateway"} 1',
      'senim_gateway_errors_total{code="OPERATOR_UNAVAILABLE",program="gateway"} 1',
      'senim_gateway_refusals_total{status="400",code="BAD_USER_INPUT",program="gateway"} 1',
      'senim_gateway_refusals_total{status="405",code="BAD_USER_INPUT",program="gateway"} 1',
      'senim_gateway_operation_seconds_count{program="gateway",kind="query"} 4',
      'senim_gateway_operator_call_seconds_count{program="gateway",operator="kcell",kind="query"} 2',
      'senim_gateway_operator_calls_in_flight{operator="kcell",kind="query",program="gateway"} 0',
      'senim_gateway_operator_breaker_open{operator="beeline",kind="query",program="gateway"} 0',
    ]),
  );
  // Without the values.
  const text = lines.map((line) => line.replace(/ [0-9.e+-]+$/, '')).join('\n');
  expect(text).not.toMatch(/SomebodyElse|Nonsense|noSuchField/);
  expect(text).not.toMatch(/\+?7[0-9]{9,}/);
});

test('tells that an operator is given rest', async () => {
  for (let calls = 0; calls < 20; calls += 1) await ask(RISK, worldNumber('beeline', 1));
  expect(await scrape()).toContain(
    'senim_gateway_operator_breaker_open{operator="beeline",kind="query",program="gateway"} 1',
  );
});
