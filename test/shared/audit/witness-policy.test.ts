import { isQuorum, parseWitnessPolicy, requireQuorumPolicy } from '../../../shared/audit/witness-policy';
import { refusalOf } from './audit-fault';
import { signingKey, vkeyOf } from './signing-keys';
import { vectors } from './vector-file';

interface PolicyVectors {
  readonly cases: readonly { readonly desc: string; readonly policy: string; readonly sourceOk: boolean }[];
}

const parse = (text: string) => parseWitnessPolicy(Buffer.from(text, 'latin1'));
const log = `log ${vkeyOf('senim.example/log', 1, signingKey('log'))}`;
const witness = (name: string, type: 1 | 4 = 4, word = name): string =>
  `witness ${name} ${vkeyOf(`${name}.example`, type, signingKey(word))}`;
const policy = (names: readonly string[], rule: string): string =>
  `${[log, ...names.map((name) => witness(name)), `group all-of-us ${rule} ${names.join(' ')}`, 'quorum all-of-us'].join('\n')}\n`;

test.each(vectors<PolicyVectors>('tlog-policy', 'policies.json').cases)(
  'published: $desc',
  ({ policy: text, sourceOk }) => {
    expect(refusalOf(() => parse(text)) === null).toBe(sourceOk);
  },
);

test('comments, blank lines, tabs and URLs are read', () => {
  const text = `# who watches\n\n\t${log}  https://log.example/ \n${witness('w1')}\thttps://w1.example/\n  # last\nquorum w1\n`;
  const read = parse(text);
  expect([read.logs[0]?.url, read.witnesses[0]?.url, read.quorum]).toEqual([
    'https://log.example/',
    'https://w1.example/',
    'w1',
  ]);
});

test('groups within groups count as the specification example says', () => {
  const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'];
  const lines = [
    ...names.map((name) => witness(name)),
    'group X 2 X1 X2 X3',
    'group Y any Y1 Y2 Y3',
    'group XY all X Y',
    'quorum XY',
  ];
  const read = parse(`${lines.join('\n')}\n`);
  expect(isQuorum(read, new Set(['X1', 'X3', 'Y2']))).toBe(true);
  expect(isQuorum(read, new Set(['X1', 'X2', 'X3']))).toBe(false);
  expect(isQuorum(read, new Set(['X1', 'Y1', 'Y2', 'Y3']))).toBe(false);
});

test.each([
  ['a comment after other words', `${log} https://x/ # hi\nquorum none\n`],
  ['two quorum lines', 'quorum none\nquorum none\n'],
  ['a member of two groups', `${witness('a')}\n${witness('b')}\ngroup g1 1 a\ngroup g2 1 a b\nquorum g2\n`],
  ['a member twice in one group', `${witness('a')}\ngroup g 2 a a\nquorum g\n`],
  ['a group of nobody', `${witness('a')}\ngroup g any\nquorum g\n`],
  ['a group that names itself', `${witness('a')}\ngroup g 1 g\nquorum g\n`],
  ['a threshold of 0', `${witness('a')}\ngroup g 0 a\nquorum g\n`],
  ['a threshold of 01', `${witness('a')}\ngroup g 01 a\nquorum g\n`],
  ['a threshold above the members', `${witness('a')}\ngroup g 2 a\nquorum g\n`],
  ['two witnesses with one key', `${witness('a')}\n${witness('b', 4, 'a')}\nquorum a\n`],
  ['two logs with one key', `${log}\n${log}\nquorum none\n`],
  ['an unknown word', 'trust me\nquorum none\n'],
  ['no final newline', 'quorum none'],
  ['a carriage return', 'quorum none\r\n'],
  ['none as a member', 'group g 1 none\nquorum g\n'],
])('malformed: %s', (_, text) => {
  expect(refusalOf(() => parse(text))).toBe('POLICY_MALFORMED');
});

describe('what Senim asks of a policy', () => {
  const four = ['kcell', 'beeline', 'tele2', 'regulator'];
  const quorumOf = (text: string) => requireQuorumPolicy(parse(text));

  test('three of four tolerates one, four of five one, five of seven two', () => {
    expect(quorumOf(policy(four, '3'))).toMatchObject({ needed: 3, tolerated: 1, origin: 'senim.example/log' });
    expect(quorumOf(policy([...four, 'fifth'], '4'))).toMatchObject({ needed: 4, tolerated: 1 });
    expect(quorumOf(policy([...four, 'e', 'f', 'g'], '5'))).toMatchObject({ needed: 5, tolerated: 2 });
  });
  test('k of n with k at most two thirds of n is refused', () => {
    expect(refusalOf(() => quorumOf(policy([...four, 'fifth'], '3')))).toBe('POLICY_QUORUM');
    expect(refusalOf(() => quorumOf(policy(four.slice(0, 3), '2')))).toBe('POLICY_QUORUM');
    expect(refusalOf(() => quorumOf(policy(four, 'any')))).toBe('POLICY_QUORUM');
    expect(refusalOf(() => quorumOf(`${log}\n${witness('a')}\nquorum none\n`))).toBe('POLICY_QUORUM');
  });
  test('a witness that no group counts is refused', () => {
    const text = policy(four, '3').replace('tele2 regulator\n', 'tele2\n');
    expect(refusalOf(() => quorumOf(text))).toBe('POLICY_QUORUM');
  });
  test('a witness with a key of type 1, a log with one of type 4, two origins and a shared key are refused', () => {
    expect(refusalOf(() => quorumOf(`${log}\n${witness('a', 1)}\nquorum a\n`))).toBe('POLICY_WITNESS');
    const wrongLog = `log ${vkeyOf('senim.example/log', 4, signingKey('log'))}\n${witness('a')}\nquorum a\n`;
    expect(refusalOf(() => quorumOf(wrongLog))).toBe('POLICY_LOG');
    expect(refusalOf(() => quorumOf(`${witness('a')}\nquorum a\n`))).toBe('POLICY_LOG');
    const other = `log ${vkeyOf('other.example/log', 1, signingKey('other'))}`;
    expect(refusalOf(() => quorumOf(`${other}\n${policy(four, '3')}`))).toBe('POLICY_LOG');
    expect(refusalOf(() => quorumOf(`${log}\n${witness('a', 4, 'log')}\nquorum a\n`))).toBe('KEY_ROLE');
  });
});
