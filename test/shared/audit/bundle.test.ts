import type { AuditCode } from '../../../shared/audit/audit-catalogue';
import { verifyBundle } from '../../../shared/audit/bundle';
import { type Bundle, formatBundle, parseBundle } from '../../../shared/audit/bundle-format';
import { formatTrustRoot } from '../../../shared/audit/trust-root';
import { signingKey } from './signing-keys';
import { actKeyId, BANK, keyClaim, ordinaryCase, policyText, rootText, TestLog, trustRoot } from './test-log';

const policy = Buffer.from(policyText());
const root = Buffer.from(rootText());
const verify = (bundle: Bundle | string) =>
  verifyBundle({ bundle: Buffer.from(typeof bundle === 'string' ? bundle : formatBundle(bundle)), policy, root });
const codes = (bundle: Bundle | string): readonly AuditCode[] => [
  ...new Set(verify(bundle).findings.map(({ code }) => code)),
];

/** Verifies a file with one bit of one byte changed. */
function verdictWithout(file: Buffer, at: number, by = { policy, root }): string {
  const changed = Buffer.from(file);
  changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
  return verifyBundle({ bundle: changed, ...by }).verdict;
}

// One witness and two parties, so that verifying it once for each of its bytes takes seconds.
describe('the smallest case that has everything', () => {
  const honest = trustRoot();
  const parties = honest.parties.filter(({ code }) => code === BANK || code === 'kcell');
  const by = {
    policy: Buffer.from(policyText('1', ['kcell'])),
    root: Buffer.from(formatTrustRoot({ ...honest, parties })),
  };
  const log = new TestLog(1);
  log.publish(['kcell']);
  const fields = { msisdn: '+77011234567' };
  const report = log.append({ kind: 'suspicion.reported', author: 'kcell', caseId: null, fields });
  const rotated = keyClaim('kcell', 'act', signingKey('kcell act 2'));
  log.append({ kind: 'key.rotated', author: 'kcell', fields: { ...rotated, old: actKeyId('kcell') } });
  log.receive(report);
  log.snapshot();
  log.publish(['kcell']);
  const file = Buffer.from(formatBundle(log.export()));

  test('is VALID', () => expect(verifyBundle({ bundle: file, ...by }).verdict).toBe('VALID'));

  test('no byte of it can be changed unnoticed', () => {
    const verdicts = new Set<string>();
    for (let at = 0; at < file.length; at += 1) verdicts.add(verdictWithout(file, at, by));
    expect([...verdicts].sort()).toEqual(['INVALID', 'MALFORMED']);
  }, 120_000);

  test('no byte of it can be removed or doubled unnoticed', () => {
    const verdicts = new Set<string>();
    for (let at = 0; at < file.length; at += 3) {
      const shorter = Buffer.concat([file.subarray(0, at), file.subarray(at + 1)]);
      const longer = Buffer.concat([file.subarray(0, at + 1), file.subarray(at)]);
      for (const changed of [shorter, longer]) verdicts.add(verifyBundle({ bundle: changed, ...by }).verdict);
    }
    expect([...verdicts].filter((verdict) => verdict !== 'INVALID')).toEqual(['MALFORMED']);
  }, 60_000);
});

describe('an ordinary case', () => {
  const { log } = ordinaryCase();
  const bundle = log.export();
  const file = formatBundle(bundle);

  test('is VALID, every party that took part is bound, and every step was taken', () => {
    const report = verify(bundle);
    expect(report.findings).toEqual([]);
    expect(report.verdict).toBe('VALID');
    expect(report.steps).toHaveLength(12);
    expect(
      report.acts.every((fact) => fact.final && fact.bracket?.earliestMs !== null && fact.bracket?.latestMs !== null),
    ).toBe(true);
    expect(report.parties.map(({ code, signed, bound }) => [code, signed, bound])).toEqual([
      ['afc', 9, true],
      ['kcell', 1, true],
      ['beeline', 2, true],
      ['tele2', 1, true],
      ['regulator', 0, true],
    ]);
  });

  test('prints back as it was read', () => {
    expect(formatBundle(parseBundle(Buffer.from(file)))).toBe(file);
  });

  test('no byte in 41 can be changed unnoticed', () => {
    const bytes = Buffer.from(file);
    for (let at = 5; at < bytes.length; at += 41) expect(verdictWithout(bytes, at)).toMatch(/^(INVALID|MALFORMED)$/);
  });

  test.each<[string, (text: string) => string, AuditCode]>([
    ['a space more', (text) => text.replace('{', '{ '), 'NOT_CANONICAL'],
    ['no newline at the end', (text) => text.trimEnd(), 'NOT_CANONICAL'],
    ['a newline more', (text) => `${text}\n`, 'NOT_CANONICAL'],
    ['a member twice', (text) => text.replace('{', '{"case":"x",'), 'JSON_DUPLICATE'],
    ['its own policy', (text) => text.replace(/\}\n$/, ',"policy":"quorum none"}\n'), 'SHAPE'],
    ['a number in another form', (text) => text.replace('"value":1}', '"value":1.0}'), 'NOT_CANONICAL'],
    ['an index as a number', (text) => text.replace('"index":"0"', '"index":0'), 'SHAPE'],
    ['another format', (text) => text.replace('bundle/v1', 'bundle/v2'), 'SHAPE'],
    ['nothing in it', () => '{}\n', 'SHAPE'],
    ['a million arrays', () => '['.repeat(1_000_000), 'JSON_DEPTH'],
  ])('with %s is refused', (_, change, code) => {
    expect(change(file)).not.toBe(file);
    expect(verify(change(file)).verdict).toBe('MALFORMED');
    expect(codes(change(file))).toEqual([code]);
  });

  test('beyond its size is refused unread', () => {
    const report = verifyBundle({ bundle: Buffer.alloc(64 * 1024 * 1024 + 1), policy, root });
    expect(report.verdict).toBe('MALFORMED');
    expect(report.steps).toEqual(['limits']);
  });
});
