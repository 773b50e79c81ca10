// How a program speaks with other parties' programs, in both directions: with TLS by certificates of its own, and then with nobody whom its
// book of peers does not name; without, in the clear with this machine alone. Every program reads the same three variables, once, at its
// start. What a peer may ask is decided by peer-guard.ts.

import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { type ConnectionOptions, createSecureContext, type PeerCertificate, TLSSocket } from 'node:tls';
import { z } from 'zod';
import { AppError } from '../vocabulary/app-error';
import { type Result, refused } from '../vocabulary/result';
import { type Environment, readEnvironment } from './environment';
import { type CallHttp, createCaller, type TlsOf } from './http-call';
import { isLoopback } from './loopback';
import { type PeerBook, readPeerBook } from './peer-book';
import { type TellTransport, type TransportRefusal } from './transport-refusals';

const FILE = z.string().min(1, 'a path is required').optional();

/** Members of a service's configuration. */
export const TRANSPORT_SETTINGS = {
  HOST: z.string().default('127.0.0.1'),
  TLS_CERT_FILE: FILE,
  TLS_KEY_FILE: FILE,
  TLS_PEERS_FILE: FILE,
};

/** Lines of the usage. */
export const TRANSPORT_ENVIRONMENT = [
  'HOST               address to listen on, 127.0.0.1 unless told; any other one needs the three files below (serve)',
  'TLS_CERT_FILE      its certificate, PEM, with those above it but for the root; read at the start (serve)',
  'TLS_KEY_FILE       the private key of its certificate, PEM (serve)',
  'TLS_PEERS_FILE     JSON: for each program it speaks with, { "authorities": PEM file beside it, "uri": name in its certificate } (serve)',
] as const;

/** What a service's configuration says of it. */
export interface TransportSettings {
  readonly HOST?: string | undefined;
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
  readonly TLS_PEERS_FILE?: string | undefined;
}

/** A certificate as it is shown, PEM. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a server needs to demand a certificate, and to judge it. */
export interface ServerTls extends OwnCertificate {
  readonly ca: string;
  /** Takes a connection in, by its certificate, or says why not. */
  admit(socket: TLSSocket): TransportRefusal | null;
  /** Told of every connection that was refused. */
  readonly onRefusal: (reason: TransportRefusal) => void;
}

/** How a program speaks, and with whom. */
export interface Transport {
  /** Null for plain HTTP on this machine. */
  readonly server: ServerTls | null;
  /** The program's own certificate; null for plain HTTP. */
  readonly own: OwnCertificate | null;
  /** Name of the peer that asks. Null for a connection that was not taken in, and for everybody without TLS. */
  peerOf(request: IncomingMessage): string | null;
  /** How a peer is connected to; null for nobody, undefined where certificates are not used. */
  readonly tlsOf: TlsOf;
  /** Told when somebody else answers at a peer's address. */
  readonly onStranger: (server: string) => void;
  /** Calls peers. */
  readonly call: CallHttp;
}

/** Name by which a program knows its own certificate, with which its keeper asks for its health. */
export const ITSELF = 'itself';

/** The issuer of tokens, which need not be a peer: then the authorities of the system vouch for it, under its host's name. */
export const ISSUER = 'issuer';

/** The configuration of a program that listens, or one sentence per fault: all three files are given or none, and without them it listens on this machine alone. */
export function readListening<Shape extends z.ZodObject>(
  shape: Shape,
  environment: Environment,
  /** True for a program that has certificates of another kind for those who connect to it. */
  hasOwnDoor = false,
): Result<z.output<Shape>, readonly string[]> {
  const read = readEnvironment(shape, environment);
  const host = environment.HOST?.trim();
  const fault = transportFault({ ...environment, HOST: hasOwnDoor || host === '' ? undefined : host });
  if (fault === null) return read;
  return refused([...(read.ok ? [] : read.error), fault]);
}

/** What is wrong with the settings, in one sentence; null when nothing is. */
export function transportFault({ HOST = '127.0.0.1', ...files }: TransportSettings): string | null {
  const given = [files.TLS_CERT_FILE, files.TLS_KEY_FILE, files.TLS_PEERS_FILE].filter(
    (file) => file !== undefined && file.trim() !== '',
  );
  if (given.length !== 0 && given.length !== 3) {
    return 'TLS_CERT_FILE, TLS_KEY_FILE and TLS_PEERS_FILE are required together.';
  }
  if (given.length === 0 && !isLoopback(HOST)) return PLAIN_BEYOND;
  return null;
}

/** Throws the one plain sentence when a program would listen in the clear beyond its machine. */
export function requireLoopback(host: string): void {
  if (!isLoopback(host)) throw new AppError('INTERNAL', PLAIN_BEYOND);
}

/** Reads the files. Throws one plain sentence when one of them cannot be used. `tell` is told of every refusal. */
export function openTransport(settings: TransportSettings, tell: TellTransport): Transport {
  const fault = transportFault(settings);
  if (fault !== null) throw new AppError('INTERNAL', fault);
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_PEERS_FILE: peersFile } = settings;
  if (certFile === undefined || keyFile === undefined || peersFile === undefined) return plainTransport(tell);
  const own = readCertificate({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  const book = readPeerBook(peersFile);
  const itself = new X509Certificate(own.cert);
  tell.shows(endOf(own));
  const admitted = new WeakMap<object, string>();
  const tlsOf: TlsOf = (name) => clientOptions(own, book, name);
  return {
    own,
    server: {
      ...own,
      ca: book.authorities,
      onRefusal: tell.refused,
      admit(socket) {
        const owner = ownerOf(socket, book, itself);
        if (typeof owner === 'string') return owner;
        admitted.set(socket, owner.name);
        return null;
      },
    },
    peerOf: ({ socket }) => admitted.get(socket) ?? null,
    tlsOf,
    onStranger: tell.stranger,
    call: createCaller(tlsOf, tell.stranger),
  };
}

/** A certificate and its key, which belong together. Throws one plain sentence, which names the variables, when they cannot be used. */
export function readCertificate(files: Readonly<Record<string, string>>): OwnCertificate {
  const [[certName, certFile] = ['', ''], [keyName, keyFile] = ['', '']] = Object.entries(files);
  const own = { cert: readText(certName, certFile), key: readText(keyName, keyFile) };
  if ((statSync(keyFile).mode & OTHERS_MAY) !== 0) {
    throw new AppError('INTERNAL', `The file of ${keyName} must be one that only its owner may read (mode 0600).`);
  }
  try {
    createSecureContext(own);
    if (new X509Certificate(own.cert).validTo !== '') return own;
  } catch {
    // Told below.
  }
  throw new AppError('INTERNAL', `The files of ${certName} and ${keyName} are no certificate and its key.`);
}

/** What is wrong with the certificate of a client, whoever it may be; null when nothing is. */
export function certificateFault(socket: TLSSocket): TransportRefusal | null {
  if (socket.getPeerX509Certificate() === undefined) return 'NO_CERTIFICATE';
  return socket.authorized ? null : (REASONS.get(String(socket.authorizationError)) ?? 'NOT_VOUCHED_FOR');
}

/** When a certificate ends, in milliseconds since 1970. */
export function endOf({ cert }: OwnCertificate): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

const OTHERS_MAY = 0o077;
const PLAIN_BEYOND =
  'HOST is not this machine’s own address, and without TLS_CERT_FILE, TLS_KEY_FILE and TLS_PEERS_FILE nothing is answered beyond it.';

function plainTransport(tell: TellTransport): Transport {
  const tlsOf: TlsOf = () => undefined;
  return {
    server: null,
    own: null,
    peerOf: () => null,
    tlsOf,
    onStranger: tell.stranger,
    call: createCaller(tlsOf, tell.stranger),
  };
}

/** Whose connection it is. A certificate is not looked at twice: what the handshake found wrong with it stays wrong. */
function ownerOf(
  socket: TLSSocket,
  book: PeerBook,
  itself: X509Certificate,
): { readonly name: string } | TransportRefusal {
  const certificate = socket.getPeerX509Certificate();
  if (certificate?.raw.equals(itself.raw) === true) return { name: ITSELF };
  const fault = certificateFault(socket);
  return certificate === undefined || fault !== null ? (fault ?? 'NO_CERTIFICATE') : book.ownerOf(certificate);
}

const REASONS: ReadonlyMap<string, TransportRefusal> = new Map([
  ['CERT_HAS_EXPIRED', 'EXPIRED'],
  ['CERT_NOT_YET_VALID', 'NOT_YET_VALID'],
]);

function clientOptions(own: OwnCertificate, book: PeerBook, name: string): ConnectionOptions | null | undefined {
  const peer = book.peerOf(name);
  if (peer === null) return name === ISSUER ? undefined : null;
  return {
    ...own,
    ca: peer.authorities,
    minVersion: 'TLSv1.3',
    checkServerIdentity: (_host: string, { raw }: PeerCertificate) => {
      const owner = book.ownerOf(new X509Certificate(raw));
      return typeof owner !== 'string' && owner.name === name ? undefined : strangerFault();
    },
  };
}

function strangerFault(): Error {
  return Object.assign(new Error('The server that was expected is not there.'), { code: 'ERR_PEER_NAME' });
}

function readText(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new AppError('INTERNAL', `The file of ${name} cannot be read.`);
  }
}
