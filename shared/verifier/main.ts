// The offline verifier: reads a bundle, the policy and the root of trust, says what is proven, and ends with the verdict as exit code. It
// needs no network, no database and no package; everything it believes is in the two trust files.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { type BundleInput, verifyBundle } from '../audit/bundle';
import { BUNDLE_LIMITS } from '../audit/bundle-format';
import { readInstant } from '../audit/bundle-time';
import { EQUIVOCATION_FORMAT, verifyEquivocation } from '../audit/equivocation';
import { USAGE_EXIT_CODE, VERDICT_EXIT_CODES, type Verdict } from '../audit/findings';
import { bundleReportLines, equivocationReportLines } from './report-text';

const USAGE = `Verifies an evidence bundle, or evidence of equivocation, offline.

usage: npm run -s verify -- FILE --policy FILE --root FILE [--not-before INSTANT]

  FILE                   the bundle (or equivocation.json)
  --policy FILE          which log and which witnesses count, and how many of them
  --root FILE            which party has which keys; given by people you trust, never by the bundle
  --not-before INSTANT   the newest final checkpoint must not be older, e.g. 2026-11-23T00:00:00Z
  --help                 this text

exit code: 0 VALID, 1 INVALID, 2 MALFORMED, 3 VALID_NOT_FINAL, 4 EQUIVOCATION, 5 usage
`;

type NotBefore = BundleInput['notBefore'];

interface Call {
  readonly file: string;
  readonly policy: string;
  readonly root: string;
  readonly notBefore: NotBefore;
}

process.exitCode = main(process.argv.slice(2));

function main(words: readonly string[]): number {
  if (words.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const call = readCall(words);
  if (typeof call === 'string') return refuse(call);
  const files = [call.file, call.policy, call.root].map(readBounded);
  const [file, policy, root] = files;
  if (file === undefined || policy === undefined || root === undefined) return refuse('Three files are needed.');
  if (file === null || policy === null || root === null) return refuse('A file cannot be read.');
  const { verdict, lines } = verify(file, policy, root, call.notBefore);
  process.stdout.write(`${lines.join('\n')}\n`);
  return VERDICT_EXIT_CODES[verdict];
}

function verify(
  file: Uint8Array,
  policy: Uint8Array,
  root: Uint8Array,
  notBefore: NotBefore,
): { readonly verdict: Verdict; readonly lines: readonly string[] } {
  if (isEquivocationFile(file)) {
    const report = verifyEquivocation({ evidence: file, policy });
    return { verdict: report.verdict, lines: equivocationReportLines(report) };
  }
  const report = verifyBundle({ bundle: file, policy, root, notBefore });
  return { verdict: report.verdict, lines: bundleReportLines(report) };
}

/** The arguments, or what is wrong with them. */
function readCall(words: readonly string[]): Call | string {
  const options = new Map<string, string>();
  const files: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('--')) {
      files.push(word);
      continue;
    }
    const value = words[at + 1];
    if (!['--policy', '--root', '--not-before'].includes(word)) return 'There is an option that is not known.';
    if (value === undefined || options.has(word)) return 'Each option is given once, with its value.';
    options.set(word, value);
    at += 1;
  }
  const [file, ...more] = files;
  const policy = options.get('--policy');
  const root = options.get('--root');
  if (file === undefined || more.length > 0) return 'Name one file to verify.';
  if (policy === undefined || root === undefined)
    return 'Name the policy with --policy and the root of trust with --root.';
  const since = options.get('--not-before');
  if (since === undefined) return { file, policy, root, notBefore: null };
  const notBefore = readInstant(since);
  return notBefore === null ? 'The value of --not-before is not an instant.' : { file, policy, root, notBefore };
}

/** The bytes of a file, at most one more than any format allows, so that what is too large is refused unread; null when it cannot be read. */
function readBounded(path: string): Uint8Array | null {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const { size } = fstatSync(descriptor);
      return size > BUNDLE_LIMITS.bytes ? new Uint8Array(BUNDLE_LIMITS.bytes + 1) : readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

/** Which of the two kinds of file it claims to be; canonical JSON sorts its members, so the format of evidence stands first. */
function isEquivocationFile(file: Uint8Array): boolean {
  const start = `{"format":"${EQUIVOCATION_FORMAT}"`;
  return Buffer.from(file.subarray(0, start.length)).toString('latin1') === start;
}

function refuse(sentence: string): number {
  process.stderr.write(`${sentence}\nSee --help.\n`);
  return USAGE_EXIT_CODE;
}
