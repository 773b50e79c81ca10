import { parseCompactJws, signCompactJws, verifyCompactJws, verifyTypedJws } from '../../../shared/audit/compact-jws';
import { importPublicKey, keyIdOf, signEd25519 } from '../../../shared/audit/ed25519';
import { refusalOf } from './audit-fault';
import { signingKey } from './signing-keys';

const key = signingKey('author');
const kid = keyIdOf(key.publicKey);
const payload = Buffer.from('{"v":1}');
const jws = signCompactJws({ kid, typ: 'senim-act+jws', payload }, key.privateKey);
const base64url = (text: string): string => Buffer.from(text, 'latin1').toString('base64url');

/** A JWS with any header text at all, truly signed. */
function withHeader(header: string): string {
  const signed = `${base64url(header)}.${payload.toString('base64url')}`;
  return `${signed}.${Buffer.from(signEd25519(key.privateKey, Buffer.from(signed))).toString('base64url')}`;
}
const verdict = (text: string, publicKey: Uint8Array = key.publicKey): string | null =>
  refusalOf(() => verifyCompactJws(text, publicKey));

test('the payload of a true signature is returned as it was signed', () => {
  expect(Buffer.from(verifyCompactJws(jws, key.publicKey))).toEqual(payload);
});

test('another key, another kind of document and another kid are refused', () => {
  const other = signingKey('other');
  expect(verdict(jws, other.publicKey)).toBe('JWS_SIGNATURE');
  const parsed = parseCompactJws(jws);
  expect(refusalOf(() => verifyTypedJws(parsed, 'senim-order+jws', importPublicKey(key.publicKey)))).toBe('JWS_TYPE');
  expect(refusalOf(() => verifyTypedJws(parsed, 'senim-act+jws', importPublicKey(other.publicKey)))).toBe(
    'JWS_SIGNATURE',
  );
});

test('every change of one character is refused', () => {
  for (let at = 0; at < jws.length; at += 1) {
    for (const character of ['A', 'B', '.', '=', '-']) {
      if (jws[at] === character) continue;
      expect(verdict(jws.slice(0, at) + character + jws.slice(at + 1))).not.toBeNull();
    }
    expect(verdict(jws.slice(0, at) + jws.slice(at + 1))).not.toBeNull();
  }
});

const good = `{"alg":"Ed25519","kid":"${kid}","typ":"senim-act+jws"}`;
test('the header of these tests is the accepted one', () => expect(verdict(withHeader(good))).toBeNull());

test.each([
  ['alg none', good.replace('Ed25519', 'none')],
  ['alg EdDSA', good.replace('Ed25519', 'EdDSA')],
  ['alg HS256', good.replace('Ed25519', 'HS256')],
  ['alg in other letters', good.replace('Ed25519', 'ed25519')],
  ['a member more', good.replace('}', ',"x":1}')],
  ['crit', good.replace('}', ',"crit":["b64"],"b64":false}')],
  ['b64 false', good.replace('}', ',"b64":false}')],
  ['a key in the header', good.replace('}', ',"jwk":{}}')],
  ['a member twice', good.replace('{', '{"alg":"Ed25519",')],
  ['another order', `{"kid":"${kid}","alg":"Ed25519","typ":"senim-act+jws"}`],
  ['spaces', good.replaceAll(',', ', ')],
  ['an escape', good.replace('alg', '\\u0061lg')],
  ['no kid', '{"alg":"Ed25519","typ":"senim-act+jws"}'],
  ['an empty kid', '{"alg":"Ed25519","kid":"","typ":"senim-act+jws"}'],
  ['nothing', ''],
  ['a trailing newline', `${good}\n`],
])('a header with %s is malformed', (_, header) => expect(verdict(withHeader(header))).toBe('JWS_MALFORMED'));

test.each([
  ['padding', jws.replace('.', '=.')],
  ['two parts', jws.split('.').slice(0, 2).join('.')],
  ['four parts', `${jws}.`],
  ['a space', ` ${jws}`],
  ['a newline', `${jws}\n`],
  ['the standard alphabet', `${jws.slice(0, -3)}+/+`],
  ['no payload', `${jws.split('.')[0]}..${jws.split('.')[2]}`],
  ['no signature', `${jws.split('.').slice(0, 2).join('.')}.`],
  ['a hundred thousand characters', 'A'.repeat(100_000)],
])('a JWS with %s is malformed', (_, text) => expect(verdict(text)).toBe('JWS_MALFORMED'));

test('the unused bits at the end of a signature may not be set, although the bytes would be the same', () => {
  const last = jws.at(-1) ?? '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const twin = jws.slice(0, -1) + alphabet[(alphabet.indexOf(last) + 1) % 64];
  expect(Buffer.from(twin.split('.')[2] ?? '', 'base64url')).toEqual(Buffer.from(jws.split('.')[2] ?? '', 'base64url'));
  expect(verdict(twin)).toBe('JWS_MALFORMED');
});

test('a signer cannot be made to write a header that would not be read', () => {
  expect(refusalOf(() => signCompactJws({ kid: 'a","x":"', typ: 'senim-act+jws', payload }, key.privateKey))).toBe(
    'JWS_MALFORMED',
  );
});
