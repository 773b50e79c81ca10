// By what the bank knows again whom was asked about, without keeping it: HMAC-SHA-256 under a secret of its own, one label for each use. The
// secret also makes the pseudonyms by which operators and auditors know those who ask.

import { createHmac } from 'node:crypto';
import type { CountedSubject } from '../store/look-store';
import type { AskedSubject } from './disclosure-request';

/** Hashes under the bank's secret. */
export interface KeyedHash {
  /** 22 characters; the same person always has the same. */
  actorOf(person: string): string;
  /** Of a number, IIN, BIN or IMEI, by type. */
  identityOf(subject: Pick<AskedSubject, 'type' | 'id'>): Buffer;
  /** As budgets count a subject. A tenure is counted at its operator; a person or handset once, whoever is asked. */
  countedOf(subject: AskedSubject, operatorCode: string, isStaffLink: boolean): CountedSubject;
}

/** Hashes under a secret of 32 bytes. */
export function createKeyedHash(secret: Uint8Array): KeyedHash {
  const digest = (label: string, text: string): Buffer =>
    createHmac('sha256', secret).update(`senim/${label}/v1\n${text}`, 'utf8').digest();
  const identityOf: KeyedHash['identityOf'] = ({ type, id }) => digest('identity', `${type}\n${id}`);
  return {
    actorOf: (person) => digest('actor', person).subarray(0, 16).toString('base64url'),
    identityOf,
    countedOf(subject, operatorCode, isStaffLink) {
      const isTenure = subject.type === 'OperatorTenure';
      const range = isTenure ? Math.floor(Number(subject.id.slice(1)) / RANGE) : 0;
      return {
        subject: digest('subject', isTenure ? `${subject.key}\n${operatorCode}` : subject.key),
        identity: identityOf(subject),
        // Two ranges that overlap by half: numbers less than a hundred apart share one of them.
        blocks: isTenure ? [digest('range', String(range)), digest('range', String(range + 1))] : null,
        isStaffLink,
      };
    },
  };
}

const RANGE = 100;
