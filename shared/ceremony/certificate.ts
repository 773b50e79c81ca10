// X.509 certificates of a demonstration, written in DER by hand: no library that ships writes them. An authority lives as long as the run that made
// it: its key is never stored, so that nobody can have more made. In life each party has an authority of its own, which is not ours.

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Who vouches for one party's programs. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** A certificate of a program, as server and as client, under a URI and the names of the hosts where it answers. */
  issue(program: { readonly uri: string; readonly hosts: readonly string[] }): IssuedCertificate;
}

const DAY_MS = 86_400_000;
/** A clock that is a little behind takes it all the same. */
const EARLIER_MS = 3_600_000;

/** A new authority, which vouches until its certificates end. */
export function makeAuthority(name: string, nowMs: number, days: number): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const term = { name, signer: privateKey, fromMs: nowMs - EARLIER_MS, toMs: nowMs + days * DAY_MS };
  const certificate = write({ ...term, subject: name, publicKey, extensions: AUTHORITY_EXTENSIONS });
  return {
    certificate,
    issue({ uri, hosts }) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = sequence(tagged(0x86, Buffer.from(uri)), ...hosts.map((host) => tagged(0x82, Buffer.from(host))));
      const extensions = [...PROGRAM_EXTENSIONS, extension('551d11', false, names)];
      return {
        certificate: write({ ...term, subject: uri, publicKey: own.publicKey, extensions }),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

function write(given: {
  readonly name: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly fromMs: number;
  readonly toMs: number;
}): string {
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    nameOf(given.name),
    sequence(timeOf(given.fromMs), timeOf(given.toMs)),
    nameOf(given.subject),
    given.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...given.extensions)),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, given.signer)]));
  const lines =
    sequence(body, ECDSA_WITH_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** One value: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** A name of one part, its common name. */
function nameOf(commonName: string): Buffer {
  const part = sequence(objectOf('550403'), tagged(0x0c, Buffer.from(commonName.slice(-64))));
  return sequence(tagged(0x31, part));
}

function timeOf(atMs: number): Buffer {
  return tagged(0x18, Buffer.from(new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, '')));
}

function objectOf(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function extension(object: string, isCritical: boolean, value: Buffer): Buffer {
  const flag = isCritical ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectOf(object), ...flag, tagged(0x04, value));
}

const ECDSA_WITH_SHA256 = sequence(objectOf('2a8648ce3d040302'));
/** It vouches for programs and for no further authority; its key signs certificates and nothing else. */
const AUTHORITY_EXTENSIONS = [
  extension('551d13', true, sequence(tagged(0x01, Buffer.from([0xff])), tagged(0x02, Buffer.from([0])))),
  extension('551d0f', true, tagged(0x03, Buffer.from([2, 0x04]))),
];
/** No authority; signs handshakes, as a server and as a client. */
const PROGRAM_EXTENSIONS = [
  extension('551d13', true, sequence()),
  extension('551d0f', true, tagged(0x03, Buffer.from([7, 0x80]))),
  extension('551d25', false, sequence(objectOf('2b06010505070301'), objectOf('2b06010505070302'))),
];
