import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildASTSchema, isObjectType, parse } from 'graphql';
import { consumerDocument } from '../../../gateway/supergraph/consumer-schema';
import { FIELD_RULES } from '../../../shared/access/field-rules';
import {
  accessOf,
  clearCoordinates,
  fieldRefusal,
  maskedCoordinates,
  maskedOnlyBelow,
  rowField,
  ruleGaps,
} from '../../../shared/access/policy';
import { ACTOR_ROLES } from '../../../shared/vocabulary/role';

const SUPERGRAPH = join(__dirname, '..', '..', '..', 'gateway', 'supergraph', 'supergraph.graphql');

function coordinates(): readonly string[] {
  const schema = buildASTSchema(consumerDocument(parse(readFileSync(SUPERGRAPH, 'utf8'))));
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
}

describe('The table of field rules', () => {
  test('has one rule for every field of the composed schema, and none for anything else', () => {
    expect(ruleGaps(coordinates())).toEqual([]);
  });

  test('tells a field that has no rule, and a rule that has no field', () => {
    const [first, ...others] = coordinates();
    expect(ruleGaps([...others, 'Query.everything'])).toEqual([
      'The field Query.everything has no rule in shared/access/field-rules.ts.',
      `shared/access/field-rules.ts has a rule for ${first}, which is no field.`,
    ]);
  });

  test('gives every operator field that needs a grant exactly one class', () => {
    for (const coordinate of maskedCoordinates) expect(clearCoordinates.has(coordinate)).toBe(false);
    expect([...clearCoordinates]).toEqual(
      expect.arrayContaining(['Subscriber.iin', 'Subscriber.fullName', 'SimCard.iccid', 'DeviceUse.imei']),
    );
    expect([...maskedCoordinates]).toEqual(expect.arrayContaining(['Subscriber.maskedIin', 'OperatorTenure.contract']));
    for (const way of maskedOnlyBelow) expect(FIELD_RULES.has(way)).toBe(true);
  });
});

describe('What nobody but its role ever has', () => {
  const open = (role: (typeof ACTOR_ROLES)[number]): readonly string[] =>
    [...FIELD_RULES.keys()].filter((coordinate) => accessOf(coordinate, role) !== 'NONE');

  test('a dispatcher delivers orders, and nothing else', () => {
    expect(open('DISPATCHER')).toEqual([
      'Mutation.executeBlockOrder',
      'BlockReceipt.orderId',
      'BlockReceipt.sequence',
      'BlockReceipt.outcome',
      'BlockReceipt.enforcedAt',
      'BlockReceipt.receipt',
    ]);
  });

  test('an analyst has figures and the names of operators', () => {
    expect(open('ANALYST').filter((coordinate) => coordinate.startsWith('Query.'))).toEqual([
      'Query.operators',
      'Query.caseStatistics',
      'Query.dutyReport',
    ]);
    expect(new Set(open('ANALYST').map((coordinate) => coordinate.split('.')[0]))).toEqual(
      new Set(['Query', 'DutyReportRow', 'CaseStatistic', 'Operator']),
    );
  });

  test('an administrator has nothing of cases and of persons', () => {
    expect(new Set(open('ADMIN').map((coordinate) => coordinate.split('.')[0]))).toEqual(
      new Set(['Query', 'AuditCheckpoint', 'Operator']),
    );
  });

  test('an auditor changes nothing and sees no number, nobody and nobody’s words', () => {
    const never =
      /^(Mutation|Subscription|PhoneNumber|Person|Device|LegalEntity|Operator(Tenure|Holding)|Subscriber)\./;
    expect(open('AUDITOR').filter((coordinate) => never.test(coordinate))).toEqual([]);
    for (const words of ['BlockOrder.reason', 'Decision.findings', 'Evidence.note', 'BlockOrder.document']) {
      expect(accessOf(words, 'AUDITOR')).toBe('NONE');
    }
  });

  test('an operator and a bank see nobody’s name in clear, whatever they say it is for', () => {
    for (const coordinate of clearCoordinates) {
      for (const role of ['OPERATOR', 'BANK'] as const) {
        expect(fieldRefusal(coordinate, { roles: [role], forCase: true })).toBe('FORBIDDEN');
      }
    }
  });
});

describe('A decision', () => {
  test('is a refusal for a reader without roles, for every field', () => {
    for (const coordinate of FIELD_RULES.keys()) {
      expect(fieldRefusal(coordinate, { roles: [], forCase: true })).toBe('FORBIDDEN');
      expect(rowField(coordinate, [], () => 'CHARGE')).toBe('REFUSED');
    }
  });

  test('is a refusal for every role of a field that has no rule', () => {
    for (const coordinate of ['Query.everything', '__proto__', 'constructor', 'Subscriber.password']) {
      expect(fieldRefusal(coordinate, { roles: ACTOR_ROLES, forCase: true })).toBe('FORBIDDEN');
    }
  });

  test('asks for a case and a purpose before clear data', () => {
    expect(fieldRefusal('Subscriber.iin', { roles: ['INVESTIGATOR'], forCase: false })).toBe('PURPOSE_REQUIRED');
    expect(fieldRefusal('Subscriber.iin', { roles: ['INVESTIGATOR'], forCase: true })).toBeNull();
    expect(fieldRefusal('Query.person', { roles: ['SUPERVISOR'], forCase: false })).toBe('PURPOSE_REQUIRED');
    expect(fieldRefusal('Subscriber.maskedIin', { roles: ['INVESTIGATOR'], forCase: false })).toBeNull();
  });

  test('takes the role that shows most of a row', () => {
    const standing = (role: string) => (role === 'APPEALS' ? 'CHARGE' : 'OTHER');
    expect(rowField('FraudCase.assignee', ['INVESTIGATOR'], standing)).toBe('REFUSED');
    expect(rowField('FraudCase.assignee', ['INVESTIGATOR', 'APPEALS'], standing)).toBe('SHOWN');
    expect(rowField('FraudCase.assignee', ['OPERATOR'], () => 'OWN')).toBe('ROLE_NAME');
    expect(rowField('FraudCase.assignee', ['OPERATOR'], () => 'OTHER')).toBe('REFUSED');
    expect(rowField('FraudCase.assignee', ['AUDITOR'], () => 'OTHER')).toBe('PSEUDONYM');
  });
});
