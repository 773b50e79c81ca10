import { sha256 } from '../../../shared/audit/hash';
import { formatTlogProof, parseTlogProof } from '../../../shared/audit/tlog-proof';
import { refusalOf } from './audit-fault';
import { vectors } from './vector-file';

interface ProofVectors {
  readonly marshal: readonly {
    readonly index: number;
    readonly hashesOfUtf8: readonly string[];
    readonly checkpoint: string;
    readonly extraUtf8: string | null;
    readonly format: string;
  }[];
  readonly unmarshalErrors: readonly { readonly desc: string; readonly proof?: string }[];
}

const published = vectors<ProofVectors>('tlog-proof', 'parse.json');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

test.each(published.marshal)('published: index $index prints and reads back', (vector) => {
  const proof = vector.hashesOfUtf8.map((text) => sha256(utf8(text)));
  const extra = vector.extraUtf8 === null ? null : utf8(vector.extraUtf8);
  const text = formatTlogProof({ index: BigInt(vector.index), proof, extra, checkpoint: vector.checkpoint });
  const want = vector.format
    .replaceAll('\\n', '\n')
    .replaceAll(/<b64 sha256\((\w+)\)>/g, (_, word: string) => Buffer.from(sha256(utf8(word))).toString('base64'))
    .replace('<b64>', extra === null ? '' : extra.toString('base64'));
  expect(text).toBe(want);
  const read = parseTlogProof(utf8(text));
  expect([read.index, read.checkpoint, read.proof.length]).toEqual([
    BigInt(vector.index),
    vector.checkpoint,
    proof.length,
  ]);
});

test.each(published.unmarshalErrors)('published: $desc is refused', ({ proof }) => {
  const text = proof ?? `c2sp.org/tlog-proof@v1\nindex 0\n${'a'.repeat(66_560)}\n`;
  expect(refusalOf(() => parseTlogProof(utf8(text)))).toBe('PROOF_MALFORMED');
});

test.each([
  ['an index with a leading zero', 'c2sp.org/tlog-proof@v1\nindex 05\n\ncheckpoint\n'],
  ['an index beyond 2^64', 'c2sp.org/tlog-proof@v1\nindex 18446744073709551616\n\ncheckpoint\n'],
  ['two extra lines', 'c2sp.org/tlog-proof@v1\nextra YQ==\nextra YQ==\nindex 5\n\ncheckpoint\n'],
  ['extra with unused bits set', 'c2sp.org/tlog-proof@v1\nextra YR==\nindex 5\n\ncheckpoint\n'],
  ['CR LF', 'c2sp.org/tlog-proof@v1\r\nindex 5\r\n\r\ncheckpoint\r\n'],
])('%s is refused', (_, text) => expect(refusalOf(() => parseTlogProof(utf8(text)))).toBe('PROOF_MALFORMED'));
