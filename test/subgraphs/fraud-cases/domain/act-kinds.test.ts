// The kinds of acts that the tables write against the joint log's closed list.

import { describe, expect, it } from '@jest/globals';
import { ACT_KINDS } from '../../../../shared/audit/act-kind';
import { CASE_ACT_KINDS } from '../../../../subgraphs/fraud-cases/domain/act-draft';
import { APPEAL_TRANSITIONS } from '../../../../subgraphs/fraud-cases/domain/appeal-transitions';
import { BLOCK_ORDER_TRANSITIONS } from '../../../../subgraphs/fraud-cases/domain/block-order-transitions';
import { CASE_TRANSITIONS } from '../../../../subgraphs/fraud-cases/domain/case-transitions';
import { LIABILITY_TRANSITIONS } from '../../../../subgraphs/fraud-cases/domain/liability';

/** Kinds of the log that tell no transition: reads, the taking in of others' acts, keys, parties, erasure, exports. */
const ASIDE = [
  'act.received',
  'access.broken_glass',
  'access.reviewed',
  'case.snapshot',
  'directory.changed',
  'erasure.performed',
  'identity.read',
  'key.added',
  'key.revoked',
  'key.rotated',
];

describe('kinds of acts', () => {
  const told = new Set(
    [CASE_TRANSITIONS, BLOCK_ORDER_TRANSITIONS, APPEAL_TRANSITIONS, LIABILITY_TRANSITIONS].flatMap((table) =>
      table.map(({ act }) => act),
    ),
  );

  it('of the tables are exactly those that the cases declare', () => {
    expect([...told].sort()).toEqual([...CASE_ACT_KINDS].sort());
  });

  it("of the tables are the joint log's, but for those that tell no transition", () => {
    expect([...told, ...ASIDE].sort()).toEqual([...ACT_KINDS].sort());
  });
});
