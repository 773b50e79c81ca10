// The files by which the programs of a demonstration speak with each other over TLS: for each program a certificate and its key among its holder's
// keys, and in one folder for all the authority of each party and each program's book of peers. Made once, and anew when a file is gone or
// a certificate will end soon: then the programs are started again.

import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../vocabulary/app-error';
import { parseOperatorDirectory } from '../vocabulary/operator-directory';
import type { PublicKeys } from './ceremony';
import { makeAuthority } from './certificate';
import type { CertifiedParty, CertifiedProgram } from './parties';
import { replaceFile } from './replaced-file';

const LIFE_DAYS = 365;
const SPARE_MS = 30 * 86_400_000;

/** Names of a program's files among its holder's keys. */
export const TLS_KEY = 'tls.pem';
export const TLS_CERTIFICATE = 'tls.crt';

/** Makes what is missing. `folder` gets `<party>.pem` and `<program>.json`. */
export function makeTransportFiles(given: {
  readonly parties: readonly CertifiedParty[];
  readonly keysFolder: string;
  readonly folder: string;
  readonly nowMs: number;
}): void {
  const { parties, keysFolder, folder, nowMs } = given;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const { code, programs } of parties) {
    const bundle = join(folder, `${code}.pem`);
    if (programs.every((program) => isGood(program, bundle, keysFolder, nowMs))) continue;
    const authority = makeAuthority(`Demonstration of ${code}`, nowMs, LIFE_DAYS);
    for (const program of programs) {
      const holder = join(keysFolder, program.holder);
      mkdirSync(holder, { recursive: true, mode: 0o700 });
      const { certificate, key } = authority.issue(program);
      replaceFile(join(holder, TLS_KEY), key, 0o600);
      replaceFile(join(holder, TLS_CERTIFICATE), certificate, 0o644);
    }
    replaceFile(bundle, authority.certificate, 0o644);
  }
  const places = new Map(
    parties.flatMap(({ code, programs }) => programs.map(({ name, uri }) => [name, { code, uri }])),
  );
  for (const { name, peers } of parties.flatMap(({ programs }) => programs)) {
    const book = peers.map((peer) => {
      const place = places.get(peer);
      if (place === undefined)
        throw new AppError('INTERNAL', `The program ${name} has a peer that has no certificate.`);
      return [peer, { authorities: `${place.code}.pem`, uri: place.uri }] as const;
    });
    replaceFile(join(folder, `${name}.json`), `${JSON.stringify(Object.fromEntries(book), null, 2)}\n`, 0o644);
  }
}

/** The list of operators with the public keys of each, as the gateway checks their answers by. Throws one plain sentence when it is none. */
export function withPublicKeys(text: string, keys: PublicKeys): string {
  if (!parseOperatorDirectory(text).ok) {
    throw new AppError('INTERNAL', 'The file of OPERATORS_FILE is no list of operators.');
  }
  const { operators: listed } = JSON.parse(text) as { readonly operators: readonly { readonly code: string }[] };
  const operators = listed.map((operator) => ({ ...operator, keys: keys[operator.code] ?? {} }));
  return `${JSON.stringify({ operators }, null, 2)}\n`;
}

/** Whether a program has its key, and a certificate of its party's present authority that lasts for a while. */
function isGood({ uri, holder }: CertifiedProgram, bundle: string, keysFolder: string, nowMs: number): boolean {
  try {
    readFileSync(join(keysFolder, holder, TLS_KEY));
    const certificate = new X509Certificate(readFileSync(join(keysFolder, holder, TLS_CERTIFICATE)));
    const names = certificate.subjectAltName?.split(', ') ?? [];
    const isVouchedFor = certificate.verify(new X509Certificate(readFileSync(bundle)).publicKey);
    return isVouchedFor && names.includes(`URI:${uri}`) && Date.parse(certificate.validTo) > nowMs + SPARE_MS;
  } catch {
    return false;
  }
}
