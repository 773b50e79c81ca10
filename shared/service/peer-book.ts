// Who the other parties' programs are: for each, by its name, the authorities that vouch for it and the one URI that its certificates carry.
// An authority vouches for nobody but those under whose names its bundle stands, so that one party's authority makes no certificate
// that passes for another party's program. Read from TLS_PEERS_FILE; bundles lie beside it.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../vocabulary/app-error';

/** One program of a party. */
export interface Peer {
  readonly name: string;
  /** Its authorities, PEM: those that issue its certificates themselves, and those above them up to the root. */
  readonly authorities: string;
  /** The name in its certificate. */
  readonly uri: string;
}

/** Why a certificate that is vouched for is nobody's. */
export type Strangeness = 'UNKNOWN_NAME' | 'FOREIGN_AUTHORITY';

/** The peers of a program. */
export interface PeerBook {
  /** Bundles of all of them, one after the other. */
  readonly authorities: string;
  /** The peer of this name; null when nobody has it. */
  peerOf(name: string): Peer | null;
  /** Whose certificate this is. That its time has come and not passed is checked by who asks. */
  ownerOf(certificate: X509Certificate): { readonly name: string } | Strangeness;
}

/** Reads a book. Throws one plain sentence when it, or a bundle, cannot be used. */
export function readPeerBook(file: string): PeerBook {
  const peers = Object.entries(entriesIn(file)).map(([name, { authorities, uri }]) => {
    const text = readText(join(dirname(file), authorities));
    return { name, uri, authorities: text, issuers: issuersIn(text) };
  });
  const byName = new Map(peers.map((peer) => [peer.name, peer]));
  return {
    authorities: [...new Set(peers.map(({ authorities }) => authorities))].join('\n'),
    peerOf: (name) => byName.get(name) ?? null,
    ownerOf(certificate) {
      const uris = urisIn(certificate.subjectAltName ?? '');
      const named = peers.filter(({ uri }) => uris.includes(uri));
      if (named.length === 0) return 'UNKNOWN_NAME';
      const [owner, ...more] = named.filter(({ issuers }) => issuers.some((issuer) => isIssued(certificate, issuer)));
      return owner === undefined || more.length > 0 ? 'FOREIGN_AUTHORITY' : { name: owner.name };
    },
  };
}

const PEERS = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{1,31}$/),
  z.strictObject({
    authorities: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/),
    uri: z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~/-]{1,200}$/),
  }),
);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function entriesIn(file: string): z.output<typeof PEERS> {
  const text = readText(file);
  try {
    const entries = PEERS.parse(JSON.parse(text));
    const uris = Object.values(entries).map(({ uri }) => uri);
    if (new Set(uris).size === uris.length) return entries;
  } catch {
    // Told below: what is wrong with a file is not repeated.
  }
  throw new AppError('INTERNAL', 'The file of TLS_PEERS_FILE is no list of peers, each with a name of its own.');
}

function issuersIn(text: string): readonly X509Certificate[] {
  try {
    const issuers = (text.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
    if (issuers.length > 0 && issuers.every(({ ca }) => ca)) return issuers;
  } catch {
    // Told below.
  }
  throw new AppError('INTERNAL', 'A bundle of TLS_PEERS_FILE holds no authorities, or a certificate that is none.');
}

/** URIs of a certificate's names; one with a comma or a quotation mark in it is quoted, and then no name of ours. */
function urisIn(subjectAltName: string): readonly string[] {
  return subjectAltName.split(', ').flatMap((name) => (name.startsWith('URI:') ? [name.slice('URI:'.length)] : []));
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new AppError('INTERNAL', 'The file of TLS_PEERS_FILE, or a bundle that it names, cannot be read.');
  }
}
