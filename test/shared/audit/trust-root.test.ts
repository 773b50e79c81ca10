import { formatTrustRoot, parseTrustRoot } from '../../../shared/audit/trust-root';
import { refusalOf } from './audit-fault';
import { actKey, keyClaim, rootText, trustRoot } from './test-log';

const text = rootText();
const parse = (file: string): string | null => refusalOf(() => parseTrustRoot(Buffer.from(file, 'utf8')));

test('a root of trust prints and reads back', () => {
  expect(formatTrustRoot(parseTrustRoot(Buffer.from(text)))).toBe(text);
  expect(parseTrustRoot(Buffer.from(text)).parties.map(({ code, witness }) => [code, witness])).toEqual([
    ['afc', null],
    ['kcell', 'kcell'],
    ['beeline', 'beeline'],
    ['tele2', 'tele2'],
    ['regulator', 'regulator'],
  ]);
});

test.each<[string, (file: string) => string, string]>([
  ['another format', (file) => file.replace('root/v1', 'root/v2'), 'ROOT_MALFORMED'],
  ['a member more', (file) => file.replace('"bank"', '"comment": 1, "bank"'), 'ROOT_MALFORMED'],
  ['a member twice', (file) => file.replace('"bank"', '"bank": "afc", "bank"'), 'JSON_DUPLICATE'],
  ['a bank that is no party', (file) => file.replace('"bank": "afc"', '"bank": "nbk"'), 'ROOT_MALFORMED'],
  ['a party twice', (file) => file.replace('"code": "regulator"', '"code": "afc"'), 'ROOT_MALFORMED'],
  ['no instant', (file) => file.replace(/"opened": "[^"]*"/, '"opened": "then"'), 'ROOT_MALFORMED'],
  ['a witness without name', (file) => file.replace('"witness": "kcell"', '"witness": ""'), 'ROOT_MALFORMED'],
  ['an unknown role', (file) => file.replace('"role": "act"', '"role": "all"'), 'SHAPE'],
  ['a possession of another key', (file) => file.replace(/"possession": "./, '"possession": "-'), 'KEY_POSSESSION'],
  ['a key in another spelling', (file) => file.replace(/"key": "([^"]*)"/, '"key": "$1="'), 'KEY_MALFORMED'],
])('refused: %s', (_, change, code) => {
  expect(change(text)).not.toBe(text);
  expect(parse(change(text))).toBe(code);
});

test('a key that stands at two parties is refused, and so is a registration made for another party or role', () => {
  const root = trustRoot();
  const kcell = root.parties.find(({ code }) => code === 'kcell');
  const twice = {
    ...root,
    parties: root.parties.map((party) => (party.code === 'regulator' ? { ...party, keys: kcell?.keys ?? [] } : party)),
  };
  expect(parse(formatTrustRoot(twice))).toBe('KEY_POSSESSION');
  const asOrder = keyClaim('kcell', 'order', actKey('kcell'));
  const shared = text.replace(/("code": "kcell"[\s\S]*?"keys": \[)/, `$1 ${JSON.stringify(asOrder)},`);
  expect(parse(shared)).toBe('KEY_ROLE');
});
