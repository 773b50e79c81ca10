// Composition: the committed supergraph is the one that the committed schemas give, and each rule of a partitioned subgraph is broken once.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { breakingChanges, composeSupergraph, conformanceGaps } from '../../../gateway/supergraph/compose';
import { parsePartitionedNames, readRoutes } from '../../../gateway/supergraph/partition-rules';
import type { SubgraphSource } from '../../../gateway/supergraph/subgraph-sdl';
import { contractOf } from '../../support/contract';

const ROOT = join(__dirname, '..', '..', '..');
const NAMES = ['fraud-cases', 'numbering', 'operator'] as const;

const committed = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const contracts: readonly SubgraphSource[] = NAMES.map((name) => ({ name, sdl: contractOf(name) }));

/** The contracts with one line of one of them changed. */
function changed(name: (typeof NAMES)[number], from: string, to: string): readonly SubgraphSource[] {
  expect(contractOf(name)).toContain(from);
  return contracts.map((source) => (source.name === name ? { name, sdl: source.sdl.replace(from, to) } : source));
}

function refusalOf(sources: readonly SubgraphSource[]): readonly string[] {
  const composition = composeSupergraph(sources);
  return composition.ok ? [] : composition.error;
}

describe('the committed supergraph', () => {
  test('is the one that the committed schemas give', () => {
    const sources = NAMES.map((name) => ({ name, sdl: committed(`subgraphs/${name}/schema.graphql`) }));
    expect(composeSupergraph(sources)).toEqual({
      ok: true,
      value: {
        supergraph: committed('gateway/supergraph/supergraph.graphql'),
        partitions: committed('gateway/supergraph/partitions.json'),
      },
    });
  });

  test.each(['numbering', 'operator'])('takes nothing away from what the contract of %s promises', (name) => {
    expect(conformanceGaps(contractOf(name), committed(`subgraphs/${name}/schema.graphql`))).toEqual([]);
  });
});

describe('the contracts', () => {
  test('compose to the same bytes in any order', () => {
    expect(composeSupergraph([...contracts].reverse())).toEqual(composeSupergraph(contracts));
  });

  test('tell which subgraph is partitioned, by what, and where its mutations name the server', () => {
    const composition = composeSupergraph(contracts);
    if (!composition.ok) throw new Error(composition.error.join('\n'));
    const names = parsePartitionedNames(composition.value.partitions);
    expect(names).toEqual(['operator']);
    const { partitioned, subgraphs } = readRoutes(parse(composition.value.supergraph), names ?? []);
    expect([...subgraphs.keys()]).toEqual(['fraud-cases', 'numbering', 'operator']);
    expect([...(partitioned.get('operator')?.fields ?? [])].sort()).toEqual([
      ['CorporateHolding', 'operatorCode'],
      ['DeviceSighting', 'operatorCode'],
      ['OperatorHolding', 'operatorCode'],
      ['OperatorTenure', 'operatorCode'],
    ]);
    expect([...(partitioned.get('operator')?.rootArguments ?? [])]).toEqual([['executeBlockOrder', 'operatorCode']]);
  });
});

describe('a partitioned subgraph is refused, with type, field and subgraph named, when', () => {
  const tenure = 'type OperatorTenure @key(fields: "msisdn operatorCode since") @partitioned(by: "operatorCode") {';
  test.each([
    [
      'an entity lacks the directive',
      changed('operator', tenure, tenure.replace(' @partitioned(by: "operatorCode")', '')),
      'OperatorTenure of the partitioned subgraph "operator" is an entity and lacks @partitioned(by:).',
    ],
    [
      'a key lacks the partition field',
      changed('operator', tenure, tenure.replace('@key', '@key(fields: "msisdn since") @key')),
      'OperatorTenure of the partitioned subgraph "operator" is partitioned by "operatorCode", which is not part of its key "msisdn since".',
    ],
    [
      'a field is not nullable',
      changed('operator', '  risk: RiskAssessment', '  risk: RiskAssessment!'),
      'OperatorTenure.risk of the partitioned subgraph "operator" is not nullable and not part of a key; one server\'s fault would null more than its own fields.',
    ],
    [
      'it has a root query',
      changed('operator', 'type Mutation {', 'type Query { tenures: [OperatorTenure!] }\ntype Mutation {'),
      'Query.tenures of the partitioned subgraph "operator" is a root field; only mutations can name the server to ask.',
    ],
    [
      'it has a root subscription',
      changed('operator', 'type Mutation {', 'type Subscription { changed: LineContract }\ntype Mutation {'),
      'Subscription.changed of the partitioned subgraph "operator" is a root field; only mutations can name the server to ask.',
    ],
    [
      'a mutation does not say by what',
      changed('operator', ': BlockReceipt @partitioned(by: "operatorCode")', ': BlockReceipt'),
      'Mutation.executeBlockOrder of the partitioned subgraph "operator" lacks @partitioned(by:), which names the argument that names the server.',
    ],
    [
      'a mutation is partitioned by what it does not have',
      changed(
        'operator',
        ': BlockReceipt @partitioned(by: "operatorCode")',
        ': BlockReceipt @partitioned(by: "operator")',
      ),
      'Mutation.executeBlockOrder of the partitioned subgraph "operator" is partitioned by "operator", which is not one of its arguments.',
    ],
    [
      'a mutation is partitioned by what may be null',
      changed('operator', 'executeBlockOrder(operatorCode: ID!', 'executeBlockOrder(operatorCode: ID'),
      'Mutation.executeBlockOrder of the partitioned subgraph "operator" is partitioned by its argument "operatorCode", which may be null.',
    ],
    [
      'a mutation is not nullable',
      changed('operator', ': BlockReceipt @', ': BlockReceipt! @'),
      'Mutation.executeBlockOrder of the partitioned subgraph "operator" is not nullable; one server\'s fault would null the whole answer.',
    ],
  ])('%s', (_when, sources, sentence) => {
    expect(refusalOf(sources)).toEqual([sentence]);
  });

  test('a type of the bank gets a field that may not be null from another subgraph', () => {
    const sources = changed('fraud-cases', '  blockStatus: BlockStatus', '  blockStatus: BlockStatus!');
    expect(refusalOf(sources)).toEqual([
      'PhoneNumber.blockStatus of the subgraph "fraud-cases" is added to an entity that it does not originate, and is not nullable.',
    ]);
  });

  test('it does not compose at all', () => {
    expect(refusalOf(changed('operator', 'msisdn: Msisdn!', 'msisdn: Int!')).join(' ')).toContain(
      'OperatorTenure.msisdn',
    );
    expect(refusalOf(changed('operator', 'type Mutation {', 'type Mutation {{'))[0]).toContain(
      'subgraph "operator" is not GraphQL',
    );
  });
});

describe('a change', () => {
  test('that takes something away is told, one that adds is not', () => {
    const old = contractOf('operator');
    expect(breakingChanges(old, old)).toEqual([]);
    expect(breakingChanges(old, old.replace('risk: RiskAssessment', 'risk: RiskAssessment\n  mood: String'))).toEqual(
      [],
    );
    expect(breakingChanges(old, old.replace('  risk: RiskAssessment\n', ''))).toEqual([
      'OperatorTenure.risk was removed.',
    ]);
    expect(breakingChanges(old, old.replace('enum RiskLevel { LOW ', 'enum RiskLevel { '))).toEqual([
      'LOW was removed from enum type RiskLevel.',
    ]);
  });

  test("tells what an operator's schema lacks against the contract", () => {
    const contract = contractOf('operator');
    const own = contract
      .replace('  risk: RiskAssessment\n', '')
      .replace(/ @partitioned\(by: "operatorCode"\) \{/, ' {');
    expect(conformanceGaps(contract, own)).toEqual([
      'OperatorTenure.risk was removed.',
      'OperatorTenure of the partitioned subgraph "checked" is an entity and lacks @partitioned(by:).',
    ]);
  });
});

describe('the command', () => {
  const COMMAND = join(ROOT, 'dist', 'gateway', 'supergraph', 'compose-command.js');
  const run = (...words: string[]): { readonly code: number; readonly text: string } => {
    try {
      return {
        code: 0,
        text: execFileSync(process.execPath, [COMMAND, ...words], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (fault) {
      const { status, stdout, stderr } = fault as { status: number; stdout: string; stderr: string };
      return { code: status, text: stdout + stderr };
    }
  };

  test('prints its usage, and one plain sentence for words that it does not know', () => {
    expect(run('--help')).toMatchObject({ code: 0, text: expect.stringContaining('Usage: npm run compose') });
    expect(run('--nonsense')).toEqual({
      code: 1,
      text: 'compose takes --accept, --check and --help; see npm run compose -- --help.\n',
    });
    expect(run('--check', 'operator=/nowhere').code).toBe(1);
    expect(run('--check', 'nobody=x').text).toContain('SUBGRAPH=FILE');
  });

  test('reports what a schema lacks, and writes nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'senim-compose-'));
    try {
      const file = join(folder, 'own.graphql');
      writeFileSync(
        file,
        committed('subgraphs/operator/schema.graphql').replace(
          /enum KycMatch \{[^}]*\}/,
          'enum KycMatch { TRUE FALSE }',
        ),
      );
      const before = committed('gateway/supergraph/supergraph.graphql');
      expect(run('--check', `operator=${file}`)).toMatchObject({
        code: 1,
        text: expect.stringContaining('NOT_AVAILABLE was removed'),
      });
      expect(run('--check', 'operator=subgraphs/operator/schema.graphql').code).toBe(0);
      expect(committed('gateway/supergraph/supergraph.graphql')).toBe(before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
