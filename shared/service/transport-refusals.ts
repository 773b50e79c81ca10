// What a program's keepers learn of connections that came to nothing because of who was at the other end: a number for each, and a line of the
// log for the first in a while, with a word of a closed list and nothing of a certificate.

import type { Logger } from './logger';
import type { Metrics } from './metrics';

/** Why a connection was refused. PROTOCOL: no handshake of ours, such as an old version or no TLS at all. */
export type TransportRefusal =
  | 'NO_CERTIFICATE'
  | 'NOT_VOUCHED_FOR'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'UNKNOWN_NAME'
  | 'FOREIGN_AUTHORITY'
  | 'PROTOCOL';

/** Tells of connections that came to nothing. */
export interface TellTransport {
  /** Somebody who connected was refused. */
  refused(reason: TransportRefusal): void;
  /** Somebody else than the peer answered at its address. */
  stranger(server: string): void;
  /** The program's own certificate ends at this instant, in milliseconds since 1970. */
  shows(endsAtMs: number): void;
}

/** Of the same thing one line in so long; the numbers count all. */
const QUIET_MS = 10_000;

/** Telling by the log and the numbers of one program. */
export function transportRefusals(logger: Logger, metrics: Metrics, nowMs: () => number = Date.now): TellTransport {
  const refusals = metrics.counts({
    name: 'senim_tls_refusals_total',
    help: 'Connections that were refused because of who asked, by reason',
    labels: ['reason'],
  });
  const strangers = metrics.counts({
    name: 'senim_tls_strangers_total',
    help: 'Connections that were given up because somebody else answered than was meant, by whom was meant',
    labels: ['server'],
  });
  let ends: readonly number[] = [];
  metrics.gauge(
    {
      name: 'senim_tls_certificate_end_seconds',
      help: 'When the certificate ends that the program shows first of its own, in seconds since 1970',
    },
    () => (ends.length === 0 ? [] : [{ labels: [], value: Math.min(...ends) }]),
  );
  const last = new Map<string, number>();
  const isNew = (what: string): boolean => {
    const now = nowMs();
    if (now - (last.get(what) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false;
    last.set(what, now);
    return true;
  };
  return {
    shows(endsAtMs) {
      ends = [...ends, Math.floor(endsAtMs / 1_000)];
    },
    refused(reason) {
      refusals(reason).add();
      if (!isNew(reason)) return;
      // Whoever looks what listens at a port makes no handshake; that is for the morning.
      const write = reason === 'PROTOCOL' ? logger.warn : logger.error;
      write({ alarm: `TLS_${reason}` }, 'a connection was refused because of who asked');
    },
    stranger(server) {
      strangers(server).add();
      if (isNew(`to ${server}`)) {
        logger.error(
          { alarm: 'TLS_STRANGER', addressee: server },
          'somebody else answered than the peer that was meant',
        );
      }
    },
  };
}

/** What a handshake that failed is told as; null when the other side only went away, as whoever looks whether a port is open does. */
export function refusalOfHandshake(fault: NodeJS.ErrnoException): TransportRefusal | null {
  return fault.code === 'ECONNRESET' || fault.code === 'EPIPE' ? null : 'PROTOCOL';
}

/** Nobody is told; for parts of a program that are used by themselves. */
export const UNTOLD: TellTransport = { refused: () => {}, stranger: () => {}, shows: () => {} };
