// What an operator's program is told, and the one sentence per fault.

import { describe, expect, it } from '@jest/globals';
import {
  readDatabaseConfig,
  readReplayConfig,
  readRiskRules,
  readServiceConfig,
} from '../../../subgraphs/operator/config';
import { DEFAULT_RISK_RULES } from '../../../subgraphs/operator/domain/risk-rule-set';

const FILES = {
  ACT_KEY_FILE: '/keys/act.pem',
  RECEIPT_KEY_FILE: '/keys/receipt.pem',
  RESPONSE_KEY_FILE: '/keys/response.pem',
  WITNESS_KEY_FILE: '/keys/witness.pem',
  WITNESS_STATE_DIR: '/state',
  TRUST_POLICY_FILE: '/trust/policy.txt',
  TRUST_ROOT_FILE: '/trust/root.json',
  LOG_URL: 'http://127.0.0.1:4002',
};
const GOOD = { DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/kcell', OPERATOR_CODE: 'kcell', PORT: '4101', ...FILES };

describe('the configuration', () => {
  it('has defaults for what may be left out', () => {
    expect(readServiceConfig(GOOD)).toEqual({
      ok: true,
      value: { ...GOOD, PORT: 4101, HOST: '127.0.0.1', LOG_LEVEL: 'info', PERSONS_PER_DAY: 5_000 },
    });
    expect(readDatabaseConfig({ DATABASE_URL: GOOD.DATABASE_URL }).ok).toBe(true);
  });

  it('tells every fault at once and repeats no value', () => {
    const read = readServiceConfig({ ...FILES, DATABASE_URL: 'mysql://secret', OPERATOR_CODE: 'Kcell!', PORT: 'many' });
    const sentences = read.ok ? [] : read.error;
    expect(sentences).toHaveLength(3);
    expect(sentences.join(' ')).toMatch(/DATABASE_URL is not valid.*OPERATOR_CODE is not valid.*PORT is not valid/s);
    expect(sentences.join(' ')).not.toMatch(/secret|Kcell!|many/);
  });

  it('says what is missing', () => {
    const read = readServiceConfig({});
    expect(read.ok ? [] : read.error).toEqual([
      'DATABASE_URL is missing.',
      ...Object.keys(FILES).map((name) => `${name} is missing.`),
      'OPERATOR_CODE is missing.',
      'PORT is missing.',
    ]);
    const replayed = readReplayConfig({
      DATABASE_URL: GOOD.DATABASE_URL,
      OPERATOR_CODE: 'kcell',
      ...FILES,
      RECEIPT_KEY_FILE: undefined,
    });
    expect(replayed.ok ? [] : replayed.error).toEqual(['RECEIPT_KEY_FILE is missing.']);
  });

  it('takes the rules of a file, or the defaults', () => {
    expect(readRiskRules(null)).toEqual({ ok: true, value: DEFAULT_RISK_RULES });
    expect(readRiskRules('{"version":"kcell-1"}').ok).toBe(true);
    expect(readRiskRules('{"version":"kcell-1","rules":{"NIGHT":{"levels":{}}}}')).toEqual({
      ok: false,
      error: 'RISK_RULES_FILE is not a rule set: MALFORMED at NIGHT.',
    });
  });
});
