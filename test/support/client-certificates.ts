// Certificates of programs for tests: an authority, servers of this machine, clients with a name of their own (a URI). Made by a library that the
// project uses nowhere else, so that what it accepts is not what it made itself.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Who vouches for programs. */
export interface ProgramAuthority {
  readonly certificate: string;
  /** A program of this machine, as a server and as a client, under these URIs. */
  identityOf(...uris: readonly string[]): Promise<Identity>;
  /** The same, for the hours between these two, counted from now. */
  identityWithin(fromHour: number, toHour: number, ...uris: readonly string[]): Promise<Identity>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS = 3_600_000;

/** A new authority. */
export async function makeProgramAuthority(name: string): Promise<ProgramAuthority> {
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await pair();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: new Date(Date.now() + HOUR_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const authority: ProgramAuthority = {
    certificate: root.toString('pem'),
    identityOf: (...uris) => authority.identityWithin(-1, 1, ...uris),
    async identityWithin(fromHour, toHour, ...uris) {
      const own = await pair();
      const names = [
        { type: 'ip' as const, value: '127.0.0.1' },
        ...uris.map((value) => ({ type: 'url' as const, value })),
      ];
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=program of ${name}`,
        issuer: root.subject,
        notBefore: new Date(Date.now() + fromHour * HOUR_MS),
        notAfter: new Date(Date.now() + toHour * HOUR_MS),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [new x509.SubjectAlternativeNameExtension(names)],
      });
      return { cert: certificate.toString('pem'), key: await pemOf(own.privateKey) };
    },
  };
  return authority;
}

function pair(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function pemOf(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key as never));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
