// Certificates for tests, good and bad, made when they are needed: X.509 v3 in DER by hand, P-256, because no library of ours writes
// them and a committed one would expire. Never used outside of tests.

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

const DAY_MS = 86_400_000;

/** Who vouches for certificates. */
export interface Authority {
  readonly name: string;
  readonly key: KeyObject;
  /** Its own certificate, PEM. */
  readonly certificate: string;
}

/** What a TLS server needs. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A new authority. */
export function makeAuthority(name: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension('551d13', true, sequence(der(0x01, Buffer.from([0xff]))));
  const certificate = issue({ issuer: name, subject: name, publicKey, signer: privateKey, extensions: [isAuthority] });
  return { name, key: privateKey, certificate };
}

/** A server's certificate by an authority; by itself when there is none. Days are counted from now. */
export function makeServerCertificate(options: {
  readonly authority: Authority | null;
  /** An IPv4 address or a host name. */
  readonly host: string;
  readonly fromDay?: number;
  readonly toDay?: number;
}): ServerCertificate {
  const { authority, host } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAddress = /^[0-9.]+$/.test(host);
  const name = isAddress ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
  const cert = issue({
    issuer: authority?.name ?? host,
    subject: host,
    publicKey,
    signer: authority?.key ?? privateKey,
    extensions: [extension('551d11', false, sequence(name))],
    fromDay: options.fromDay,
    toDay: options.toDay,
  });
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

function issue(options: {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly fromDay?: number | undefined;
  readonly toDay?: number | undefined;
}): string {
  const { issuer, subject, publicKey, signer, extensions, fromDay = -1, toDay = 30 } = options;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(timeOf(fromDay), timeOf(toDay)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, signer)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** One value: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(commonName)))));
}

function timeOf(day: number): Buffer {
  const text = new Date(Date.now() + day * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function extension(object: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(der(0x06, Buffer.from(object, 'hex')), ...flag, der(0x04, value));
}

const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
