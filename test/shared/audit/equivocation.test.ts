import type { AuditCode } from '../../../shared/audit/audit-catalogue';
import { formatCheckpoint } from '../../../shared/audit/checkpoint';
import { type EquivocationEvidence, formatEquivocation, verifyEquivocation } from '../../../shared/audit/equivocation';
import { leafHash } from '../../../shared/audit/hash';
import { formatNote, signNoteLine } from '../../../shared/audit/note';
import { treeRoot } from '../../../shared/audit/tree';
import { signingKey } from './signing-keys';
import { logKey, ORIGIN, policyText } from './test-log';

const leavesOf = (world: string, size: number): readonly Uint8Array[] =>
  Array.from({ length: size }, (_, at) => leafHash(Buffer.from(at < 5 ? `both ${at}` : `${world} ${at}`)));
const noteOf = (leaves: readonly Uint8Array[], key = logKey, origin = ORIGIN): string => {
  const text = formatCheckpoint({ origin, size: BigInt(leaves.length), root: treeRoot(leaves) });
  return formatNote(text, [signNoteLine(origin, key.privateKey, text)]);
};
const verdict = (evidence: EquivocationEvidence | string): readonly (string | AuditCode)[] => {
  const file = typeof evidence === 'string' ? evidence : formatEquivocation(evidence);
  const report = verifyEquivocation({ evidence: Buffer.from(file), policy: Buffer.from(policyText()) });
  return [report.verdict, ...report.findings.map(({ code }) => code)];
};
const [left, right] = [leavesOf('left', 9), leavesOf('right', 12)];

test('3: two roots at one size need no more than their notes', () => {
  const evidence = { notes: [noteOf(left), noteOf(right.slice(0, 9))], leafHashes: null } as const;
  expect(verdict(evidence)).toEqual(['EQUIVOCATION', 'LOG_EQUIVOCATION']);
});

test('4: two sizes are shown by the leaf hashes that a witness mirrored', () => {
  const notes = [noteOf(left), noteOf(right)] as const;
  expect(verdict({ notes, leafHashes: right })).toEqual(['EQUIVOCATION', 'LOG_EQUIVOCATION']);
  expect(verdict({ notes, leafHashes: null })).toEqual(['INVALID', 'NO_EQUIVOCATION']);
  expect(verdict({ notes, leafHashes: right.slice(1) })).toEqual(['INVALID', 'NO_EQUIVOCATION']);
  expect(verdict({ notes, leafHashes: leavesOf('left', 12) })).toEqual(['INVALID', 'NO_EQUIVOCATION']);
});

test('an honest log is not accused', () => {
  expect(verdict({ notes: [noteOf(left.slice(0, 4)), noteOf(left)], leafHashes: left })).toEqual([
    'INVALID',
    'NO_EQUIVOCATION',
  ]);
  expect(verdict({ notes: [noteOf(left), noteOf(left)], leafHashes: null })).toEqual(['INVALID', 'NO_EQUIVOCATION']);
  expect(verdict({ notes: [noteOf(right), noteOf(left)], leafHashes: right })).toEqual(['INVALID', 'NO_EQUIVOCATION']);
});

test('a note that the log did not sign accuses nobody', () => {
  expect(verdict({ notes: [noteOf(left), noteOf(right.slice(0, 9), signingKey('forger'))], leafHashes: null })).toEqual(
    ['INVALID', 'NOTE_UNTRUSTED'],
  );
  const other = noteOf(right.slice(0, 9)).replace(ORIGIN, 'other.example/log');
  expect(verdict({ notes: [noteOf(left), other], leafHashes: null })).toEqual(['INVALID', 'NOTE_SIGNATURE']);
});

test('evidence has one form', () => {
  const file = formatEquivocation({ notes: [noteOf(left), noteOf(right.slice(0, 9))], leafHashes: null });
  expect(verdict(`${file}\n`)).toEqual(['MALFORMED', 'NOT_CANONICAL']);
  expect(verdict(file.replace('null', '[]'))).toEqual(['EQUIVOCATION', 'LOG_EQUIVOCATION']);
  expect(verdict(file.replace('null', '["AA"]'))).toEqual(['MALFORMED', 'SHAPE']);
  expect(verdict('{}\n')).toEqual(['MALFORMED', 'SHAPE']);
});
