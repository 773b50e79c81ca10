// The dossier's request against the contract of the three subgraphs, composed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { assertCompositionSuccess, composeServices } from '@theguild/federation-composition';
import { buildSchema, parse, validate } from 'graphql';
import { DOSSIER_QUERY, dossierVariables } from '../../../shared/local-network/dossier-query';
import { parseMsisdn } from '../../../shared/vocabulary/msisdn';

const CONTRACT = join(__dirname, '..', '..', 'contract');

function publicSchema() {
  const composed = composeServices(
    ['numbering', 'operator', 'fraud-cases'].map((name) => ({
      name,
      typeDefs: parse(readFileSync(join(CONTRACT, `${name}.graphql`), 'utf8')),
    })),
  );
  assertCompositionSuccess(composed);
  return buildSchema(composed.publicSdl);
}

describe('the dossier’s request', () => {
  test('is one operation, valid against the contract', () => {
    const document = parse(DOSSIER_QUERY);
    expect(validate(publicSchema(), document)).toEqual([]);
    expect(document.definitions.filter((definition) => definition.kind === 'OperationDefinition')).toHaveLength(1);
  });

  test('asks for thirty days of usage that end today in Almaty', () => {
    const number = parseMsisdn('+77011234567');
    if (!number.ok) throw new Error('the number is well-formed');
    // 20:30 in London on the first is already the second in Almaty.
    expect(dossierVariables(number.value, Date.parse('2026-03-01T20:30:00Z'))).toEqual({
      msisdn: '+77011234567',
      from: '2026-02-01',
      to: '2026-03-02',
      clear: false,
    });
  });

  test('asks for clear personal fields under the contract in force only', () => {
    const contracts = /contracts \{ id \.\.\.(\w+) \}/.exec(DOSSIER_QUERY)?.[1];
    const fragment =
      new RegExp(`fragment ${contracts} on LineContract \\{([^]*?)\\n\\}`).exec(DOSSIER_QUERY)?.[1] ?? '';
    expect(fragment).toContain('maskedIin');
    for (const clear of ['iin', 'fullName', 'imei', 'iccid'])
      expect(fragment).not.toMatch(new RegExp(`\\b${clear}\\b`));
  });
});
