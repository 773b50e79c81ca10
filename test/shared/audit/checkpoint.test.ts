import { formatCheckpoint, parseCheckpoint } from '../../../shared/audit/checkpoint';
import { leafHash } from '../../../shared/audit/hash';
import { refusalOf } from './audit-fault';
import { hex, vectors } from './vector-file';

interface CheckpointVectors {
  readonly cases: readonly {
    readonly desc: string;
    readonly body: string;
    readonly strictOk: boolean;
    readonly rootIsRecordHashOf?: string;
  }[];
}

const ROOT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const body = (size: string, root = ROOT): string => `senim.example/log\n${size}\n${root}\n`;

test.each(vectors<CheckpointVectors>('tlog-checkpoint', 'checkpoint-bodies.json').cases)(
  'published: $desc',
  (vector) => {
    expect(refusalOf(() => parseCheckpoint(vector.body)) === null).toBe(vector.strictOk);
    if (vector.rootIsRecordHashOf !== undefined) {
      expect(hex(parseCheckpoint(vector.body).root)).toBe(hex(leafHash(Buffer.from(vector.rootIsRecordHashOf))));
    }
  },
);

test('a checkpoint prints back as it was read, up to the largest size', () => {
  for (const size of ['0', '1', '9007199254740993', '18446744073709551615']) {
    expect(formatCheckpoint(parseCheckpoint(body(size)))).toBe(body(size));
  }
});

test.each(['007', '+5', ' 5 ', '5 ', '0x10', '', '18446744073709551616', '-1', '1e6', '5.0', '٥', '1_000', '00', '-0'])(
  'a size written as "%s" is refused',
  (size) => expect(refusalOf(() => parseCheckpoint(body(size)))).toBe('CHECKPOINT_MALFORMED'),
);

test.each([
  ['unused bits set', ROOT.replace('U=', 'V=')],
  ['the URL alphabet', ROOT.replace('+', '-').replace('/', '_')],
  ['no padding', ROOT.slice(0, -1)],
  ['31 bytes', Buffer.alloc(31).toString('base64')],
  ['33 bytes', Buffer.alloc(33).toString('base64')],
  ['a space', `${ROOT} `],
  ['nothing', ''],
])('a root with %s is refused', (_, root) => {
  expect(refusalOf(() => parseCheckpoint(body('5', root)))).toBe('CHECKPOINT_MALFORMED');
});

test.each([
  ['an extension line', `${body('5')}extension\n`],
  ['an empty line more', `${body('5')}\n`],
  ['CR LF', body('5').replaceAll('\n', '\r\n')],
  ['no final newline', body('5').slice(0, -1)],
  ['no origin', body('5').replace('senim.example/log', '')],
  ['a tab in the origin', body('5').replace('/', '\t')],
])('a text with %s is refused', (_, text) => {
  expect(refusalOf(() => parseCheckpoint(text))).toBe('CHECKPOINT_MALFORMED');
});
