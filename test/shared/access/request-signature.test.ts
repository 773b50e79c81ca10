// Signatures of requests and answers: what signs verifies, an independent implementation agrees both ways, and every other form,
// content, time or key is refused for the reason that it has.

import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { httpbis } from 'http-message-signatures';
import {
  createSeenNonces,
  digestOf,
  type ReceivedHeaders,
  SIGNATURE_LIFE_SECONDS,
  signAnswer,
  signRequest,
  verifyAnswer,
  verifyRequest,
} from '../../../shared/access/request-signature';
import { importPublicKey, publicKeyBytes } from '../../../shared/audit/ed25519';
import type { KeyPair } from '../../../shared/audit-log/key-file';

const NOW = Date.UTC(2026, 5, 1, 9, 0, 0);
const BODY = '{"query":"query($r:[_Any!]!){_entities(representations:$r){__typename}}","variables":{"r":[]}}';

const gateway = keyPair();
const stranger = keyPair();
const operator = keyPair();

const keyOf = (keyId: string) => (keyId === gateway.publicKey.keyId ? gateway.publicKey : null);
const responseKeyOf = (keyId: string) => (keyId === operator.publicKey.keyId ? operator.publicKey : null);

const HEADERS = { 'afc-grant': 'grant.of.somebody', 'afc-context': 'context.of.now', 'x-request-id': 'r-1' };
const MESSAGE = { method: 'POST', path: '/graphql', body: BODY, headers: HEADERS };

function keyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: importPublicKey(publicKeyBytes(privateKey)) };
}

function sent(key = gateway, nowMs = NOW, message: typeof MESSAGE = MESSAGE) {
  return { ...message, headers: { ...message.headers, ...signRequest(message, key, nowMs) } };
}

interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: ReceivedHeaders;
}

function outcomeOf(message: Arrived, nowMs = NOW, seen = createSeenNonces()): string {
  const outcome = verifyRequest(message, keyOf, nowMs, seen);
  return outcome.ok ? 'BELIEVED' : outcome.error;
}

function changed(change: (message: ReturnType<typeof sent>) => Arrived, nowMs = NOW): string {
  return outcomeOf(change(sent()), nowMs);
}

function withInput(edit: (input: string) => string): string {
  return changed((message) => ({
    ...message,
    headers: { ...message.headers, 'signature-input': edit(message.headers['signature-input']) },
  }));
}

/** A request that the holder of the gateway's key signs over components and parameters of its own choice. */
function signedOver(components: readonly string[], edit: (parameters: string) => string = (text) => text): Arrived {
  const created = NOW / 1_000;
  const list = components.map((name) => `"${name}"`).join(' ');
  const parameters = edit(
    `(${list});created=${created};expires=${created + 30};nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="${gateway.publicKey.keyId}";tag="afc-sg-v1"`,
  );
  const values: Record<string, string> = {
    '@method': 'POST',
    '@path': '/graphql',
    'content-digest': digestOf(BODY),
    ...HEADERS,
  };
  const base = [...components.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`];
  const signature = sign(null, Buffer.from(base.join('\n')), gateway.privateKey).toString('base64');
  return {
    ...MESSAGE,
    headers: {
      ...HEADERS,
      'content-digest': digestOf(BODY),
      'signature-input': `afc=${parameters}`,
      signature: `afc=:${signature}:`,
    },
  };
}

const FULL = ['@method', '@path', 'content-digest', 'afc-grant', 'afc-context'];

describe('a signed request', () => {
  it('is believed as it was sent, and names the key, the digest and its own signature', () => {
    const message = sent();
    const outcome = verifyRequest(message, keyOf, NOW, createSeenNonces());
    expect(outcome).toEqual({
      ok: true,
      value: {
        keyId: gateway.publicKey.keyId,
        contentDigest: digestOf(BODY),
        signature: message.headers.signature,
        nonce: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      },
    });
  });

  it('is believed with headers as lists of one value, as node tells them', () => {
    const message = sent();
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, [value]]));
    expect(outcomeOf({ ...message, headers })).toBe('BELIEVED');
  });

  it('leaves headers that it has not out of the list, and signs the token where one travels', () => {
    const bare = { ...MESSAGE, headers: { authorization: 'Bearer a.b.c' } };
    const headers = { ...bare.headers, ...signRequest(bare, gateway, NOW) };
    expect(headers['signature-input']).toContain('("@method" "@path" "content-digest" "authorization");');
    expect(outcomeOf({ ...bare, headers })).toBe('BELIEVED');
    expect(outcomeOf({ ...bare, headers: { ...headers, authorization: 'Bearer d.e.f' } })).toBe('SIGNATURE');
  });

  it('signs an empty body too', () => {
    const bare = { method: 'GET', path: '/internal/serving-tenure/77011234567', body: '', headers: {} };
    expect(outcomeOf({ ...bare, headers: signRequest(bare, gateway, NOW) })).toBe('BELIEVED');
  });

  it('is believed by an independent implementation', async () => {
    // It reads the clock itself.
    const message = sent(gateway, Date.now());
    const believed = await httpbis.verifyMessage(
      {
        keyLookup: async ({ keyid }) => ({
          id: String(keyid),
          algs: ['ed25519'],
          verify: async (data, signature) => verify(null, data, gateway.publicKey.handle, signature),
        }),
        requiredParams: ['created', 'expires', 'nonce', 'keyid', 'tag'],
        requiredFields: FULL,
      },
      { method: 'POST', url: 'http://127.0.0.1:4101/graphql', headers: message.headers },
    );
    expect(believed).toBe(true);
  });

  it('is believed when an independent implementation signed it in the one form', async () => {
    const signedByOther = await httpbis.signMessage(
      {
        key: {
          id: gateway.publicKey.keyId,
          alg: 'ed25519',
          sign: async (data) => sign(null, data, gateway.privateKey),
        },
        name: 'afc',
        fields: FULL,
        params: ['created', 'expires', 'nonce', 'keyid', 'tag'],
        paramValues: {
          created: new Date(NOW),
          expires: new Date(NOW + 30_000),
          nonce: 'abcdefghijklmnopqrstuv',
          tag: 'afc-sg-v1',
        },
      },
      {
        method: 'POST',
        url: 'http://127.0.0.1:4101/graphql',
        headers: { ...HEADERS, 'content-digest': digestOf(BODY) },
      },
    );
    const headers = Object.fromEntries(
      Object.entries(signedByOther.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    expect(outcomeOf({ ...MESSAGE, headers })).toBe('BELIEVED');
  });
});

describe('a request that is not the one that was signed', () => {
  it('is refused with another method, path, body, digest, grant or context', () => {
    expect(changed((message) => ({ ...message, method: 'GET' }))).toBe('SIGNATURE');
    expect(changed((message) => ({ ...message, path: '/internal/disclosures' }))).toBe('SIGNATURE');
    expect(changed((message) => ({ ...message, body: `${BODY} ` }))).toBe('DIGEST');
    const other = digestOf('{}');
    expect(
      changed((message) => ({ ...message, body: '{}', headers: { ...message.headers, 'content-digest': other } })),
    ).toBe('SIGNATURE');
    for (const name of ['afc-grant', 'afc-context']) {
      expect(changed((message) => ({ ...message, headers: { ...message.headers, [name]: 'of.another' } }))).toBe(
        'SIGNATURE',
      );
    }
  });

  it('is refused with a query, which would not be signed', () => {
    const message = { ...MESSAGE, path: '/graphql?x=1' };
    expect(outcomeOf({ ...message, headers: { ...HEADERS, ...signRequest(message, gateway, NOW) } })).toBe('MALFORMED');
  });

  it('is refused when a header that counts was added, taken away or doubled', () => {
    expect(changed((message) => ({ ...message, headers: { ...message.headers, authorization: 'Bearer x' } }))).toBe(
      'COVERAGE',
    );
    expect(changed((message) => ({ ...message, headers: { ...message.headers, 'afc-grant': undefined } }))).toBe(
      'COVERAGE',
    );
    expect(
      changed((message) => ({
        ...message,
        headers: { ...message.headers, 'afc-grant': [HEADERS['afc-grant'], 'another'] },
      })),
    ).toBe('MALFORMED');
  });

  it('is refused without each of the three headers', () => {
    for (const name of ['signature', 'signature-input', 'content-digest']) {
      expect(changed((message) => ({ ...message, headers: { ...message.headers, [name]: undefined } }))).toBe(
        'MISSING',
      );
    }
    expect(outcomeOf(MESSAGE)).toBe('MISSING');
  });
});

describe('a signature in another form', () => {
  it('is refused when it covers less, or the same in another order, whoever signed it', () => {
    expect(outcomeOf(signedOver(FULL))).toBe('BELIEVED');
    for (const left of FULL) {
      expect(outcomeOf(signedOver(FULL.filter((name) => name !== left)))).toBe('COVERAGE');
    }
    expect(outcomeOf(signedOver(['@method']))).toBe('COVERAGE');
    expect(outcomeOf(signedOver([]))).toBe('COVERAGE');
    expect(outcomeOf(signedOver([...FULL].reverse()))).toBe('COVERAGE');
    expect(outcomeOf(signedOver([...FULL, '@method']))).toBe('COVERAGE');
  });

  it('is refused with a foreign tag, an algorithm, another order or another spelling of parameters', () => {
    const edits: ((text: string) => string)[] = [
      (text) => text.replace('afc-sg-v1', 'afc-sg-v2'),
      (text) => text.replace(';tag="afc-sg-v1"', ''),
      (text) => `${text};alg="hmac-sha256"`,
      (text) => `${text};alg="ed25519"`,
      (text) => text.replace(';expires=', ';created=1;expires='),
      (text) => text.replace(/;nonce="[^"]*"/, ''),
      (text) => text.replace(/;expires=[0-9]+/, ''),
      (text) => text.replace(/created=([0-9]+)/, 'created=0$1'),
      (text) => text.replace(/created=([0-9]+)/, 'created=$1.5'),
      (text) => text.replace(/nonce="[^"]*"/, 'nonce="short"'),
      (text) => text.replace(';created', '; created'),
      (text) => `${text} `,
    ];
    for (const edit of edits) expect(outcomeOf(signedOver(FULL, edit))).toBe('MALFORMED');
  });

  it('is refused with two labels, whichever is good, and under another label', () => {
    const second = 'sig2=("@method");created=1';
    expect(withInput((input) => `${input}, ${second}`)).toBe('MALFORMED');
    expect(withInput((input) => `${second}, ${input}`)).toBe('MALFORMED');
    expect(withInput((input) => input.replace('afc=', 'sig='))).toBe('MALFORMED');
    expect(
      changed((message) => ({
        ...message,
        headers: {
          ...message.headers,
          'signature-input': [message.headers['signature-input'], second],
          signature: [message.headers.signature, 'sig2=:AAAA:'],
        },
      })),
    ).toBe('MALFORMED');
    expect(
      changed((message) => ({
        ...message,
        headers: { ...message.headers, signature: `${message.headers.signature}, sig2=:AAAA:` },
      })),
    ).toBe('MALFORMED');
  });

  it('is refused when its bytes are not 64, or have a second spelling', () => {
    for (const signature of ['afc=::', 'afc=:AAAA:', `afc=:${'A'.repeat(88)}:`, `afc=${'A'.repeat(86)}==`, '', ' ']) {
      expect(changed((message) => ({ ...message, headers: { ...message.headers, signature } }))).toBe('MALFORMED');
    }
    expect(
      changed((message) => {
        const signature = message.headers.signature.replace(
          /(.)==:$/,
          (_all, last: string) => `${nextUnused(last)}==:`,
        );
        return { ...message, headers: { ...message.headers, signature } };
      }),
    ).toBe('MALFORMED');
  });

  it('is refused when it is megabytes of text, in no time to speak of', () => {
    const long = `afc=(${'"@method" '.repeat(100_000)})`;
    expect(withInput(() => long)).toBe('MALFORMED');
    expect(withInput(() => '\u0000')).toBe('MALFORMED');
  });
});

describe('a signature of another key or time', () => {
  it('is refused for a key that nobody named, and for one that another key signed', () => {
    expect(outcomeOf(sent(stranger))).toBe('UNKNOWN_KEY');
    expect(outcomeOf(sent({ ...stranger, publicKey: gateway.publicKey }))).toBe('SIGNATURE');
  });

  it('counts for thirty seconds and a difference of clocks, not before and not after', () => {
    const message = sent();
    const lifeMs = SIGNATURE_LIFE_SECONDS * 1_000;
    expect(outcomeOf(message, NOW - 5_000)).toBe('BELIEVED');
    expect(outcomeOf(message, NOW - 5_001)).toBe('NOT_YET');
    expect(outcomeOf(message, NOW - 61_000)).toBe('NOT_YET');
    expect(outcomeOf(message, NOW + lifeMs + 4_999)).toBe('BELIEVED');
    expect(outcomeOf(message, NOW + lifeMs + 5_000)).toBe('EXPIRED');
  });

  it('is refused when it gives itself longer, or ends before it begins', () => {
    expect(outcomeOf(signedOver(FULL, (text) => text.replace(/expires=[0-9]+/, `expires=${NOW / 1_000 + 31}`)))).toBe(
      'MALFORMED',
    );
    expect(outcomeOf(signedOver(FULL, (text) => text.replace(/expires=[0-9]+/, `expires=${NOW / 1_000}`)))).toBe(
      'MALFORMED',
    );
  });
});

describe('a nonce', () => {
  it('counts once, for as long as its signature could count', () => {
    const seen = createSeenNonces();
    const message = sent();
    expect(outcomeOf(message, NOW, seen)).toBe('BELIEVED');
    for (const laterMs of [0, 1, 15_000, 30_000, 34_999]) {
      expect(outcomeOf(message, NOW + laterMs, seen)).toBe('REPLAYED');
    }
    expect(outcomeOf(message, NOW + 35_000, seen)).toBe('EXPIRED');
  });

  it('is not entered by a request that is refused, so nobody can use up a nonce of another', () => {
    const seen = createSeenNonces();
    const message = sent();
    expect(outcomeOf({ ...message, body: '{}' }, NOW, seen)).toBe('DIGEST');
    expect(outcomeOf(message, NOW, seen)).toBe('BELIEVED');
  });

  it('is kept over the change of generations, and dropped after', () => {
    const seen = createSeenNonces();
    expect(seen.enter('first', 0)).toBe('NEW');
    expect(seen.enter('late', 39_999)).toBe('NEW');
    expect(seen.enter('second', 40_000)).toBe('NEW');
    expect(seen.enter('late', 79_998)).toBe('REPLAYED');
    expect(seen.enter('third', 80_000)).toBe('NEW');
    expect(seen.enter('late', 80_001)).toBe('NEW');
    expect(seen.enter('second', 80_002)).toBe('REPLAYED');
    expect(seen.enter('much later', 1_000_000)).toBe('NEW');
    expect(seen.enter('third', 1_000_001)).toBe('NEW');
  });

  it('is refused rather than forgotten when there are too many', () => {
    const seen = createSeenNonces(2);
    expect(['a', 'b', 'c', 'a'].map((nonce) => seen.enter(nonce, 0))).toEqual(['NEW', 'NEW', 'TOO_MANY', 'REPLAYED']);
    expect(outcomeOf(sent(), NOW, createSeenNonces(0))).toBe('TOO_MANY');
  });

  it('differs from request to request', () => {
    const nonces = Array.from({ length: 100 }, () => sent().headers['signature-input']);
    expect(new Set(nonces).size).toBe(100);
  });
});

describe('a signed answer', () => {
  const requestSignature = sent().headers.signature;
  const answer = { status: 200, body: '{"data":{"_entities":[null]}}', requestSignature };
  const headers = signAnswer(answer, operator, NOW);
  const outcome = (change: object): string => {
    const checked = verifyAnswer({ ...answer, headers, ...change }, responseKeyOf);
    return checked.ok ? 'BELIEVED' : checked.error;
  };

  it('is believed as an answer to its request', () => {
    expect(verifyAnswer({ ...answer, headers }, responseKeyOf)).toEqual({
      ok: true,
      value: { keyId: operator.publicKey.keyId },
    });
  });

  it('is believed by an independent implementation', async () => {
    const believed = await httpbis.verifyMessage(
      {
        keyLookup: async () => ({
          algs: ['ed25519'],
          verify: async (data, signature) => verify(null, data, operator.publicKey.handle, signature),
        }),
        notAfter: NOW / 1_000,
      },
      { status: 200, headers },
      { method: 'POST', url: 'http://127.0.0.1:4101/graphql', headers: { signature: requestSignature } },
    );
    expect(believed).toBe(true);
  });

  it('is refused with another status, body, or as the answer to another request', () => {
    expect(outcome({ status: 403 })).toBe('SIGNATURE');
    expect(outcome({ body: '{"data":{"_entities":[{}]}}' })).toBe('DIGEST');
    expect(outcome({ requestSignature: sent().headers.signature })).toBe('SIGNATURE');
  });

  it('is refused unsigned, doubled, by another key, and as a request', () => {
    expect(outcome({ headers: {} })).toBe('MISSING');
    expect(outcome({ headers: { ...headers, signature: [headers.signature, headers.signature] } })).toBe('MALFORMED');
    expect(outcome({ headers: signAnswer(answer, stranger, NOW) })).toBe('UNKNOWN_KEY');
    expect(outcome({ headers: signAnswer(answer, { ...stranger, publicKey: operator.publicKey }, NOW) })).toBe(
      'SIGNATURE',
    );
    expect(outcome({ headers: sent(operator).headers })).toBe('MALFORMED');
    expect(outcomeOf({ ...MESSAGE, headers: { ...HEADERS, ...headers } })).toBe('MALFORMED');
  });
});

/** A letter of base64 that decodes to the same four bits, with unused bits set. */
function nextUnused(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet.charAt(alphabet.indexOf(letter) + 1);
}
