// Who takes part in the joint log of a local network, which keys each party holds and in which file, where log and witnesses answer, and
// what each program is told of it. Pure: keys and trust are made by the ceremony, which is a program of its own.

import { join } from 'node:path';
import type { LocalFolder } from './local-folder';

/** The party that keeps log and cases, and the one that only watches. */
export const BANK = 'afc';
export const REGULATOR = 'regulator';

/** Paths at the origins of the fraud-case service and of everybody who runs a witness. */
export const LOG_PATH = '/log';
export const WITNESS_PATH = '/witness';

/** Public keys by party and purpose, as the ceremony prints them. */
export type PublicKeys = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a key is for; one key never serves two purposes. */
export type KeyPurpose =
  | 'act'
  | 'order'
  | 'receipt'
  | 'response'
  | 'log'
  | 'witness'
  | 'gateway'
  | 'grant'
  | 'numbering'
  | 'cases';

/** The file of a party's key. The gateway's and numbering's lie in folders of their own: they must not reach the bank's other keys. */
export function keyFile(folder: LocalFolder, party: string, purpose: KeyPurpose): string {
  return join(folder.keys, APART.includes(purpose) ? `${party}-${purpose}` : party, `${purpose}.pem`);
}

/** The document that the ceremony reads. `origins` has where each operator, the fraud cases and the regulator answer, by service name. */
export function partiesDocument(operators: readonly string[], origins: ReadonlyMap<string, string>): object {
  const watching = (code: string, keys: readonly KeyPurpose[]): object => ({
    code,
    keys: [...keys, 'witness'],
    witnessUrl: `${origins.get(code) ?? ''}${WITNESS_PATH}`,
  });
  return {
    origin: LOG_NAME,
    logUrl: `${origins.get('fraud-cases') ?? ''}${LOG_PATH}`,
    quorum: quorumOf(operators.length + 1),
    bank: BANK,
    parties: [
      { code: BANK, keys: BANK_KEYS, apart: APART, witnessUrl: null },
      ...operators.map((code) => watching(code, OPERATOR_KEYS)),
      watching(REGULATOR, []),
    ],
  };
}

/** What an operator's program is told of the log. */
export function operatorLogVariables(folder: LocalFolder, code: string, logOrigin: string): Record<string, string> {
  return {
    ACT_KEY_FILE: keyFile(folder, code, 'act'),
    RECEIPT_KEY_FILE: keyFile(folder, code, 'receipt'),
    RESPONSE_KEY_FILE: keyFile(folder, code, 'response'),
    ...trustVariables(folder),
    ...witnessKeyVariables(folder, code),
    LOG_URL: logOrigin,
  };
}

/** What the fraud cases, which keep the log, are told of it. */
export function bankLogVariables(folder: LocalFolder): Record<string, string> {
  return {
    ACT_KEY_FILE: keyFile(folder, BANK, 'act'),
    ORDER_KEY_FILE: keyFile(folder, BANK, 'order'),
    GRANT_KEY_FILE: keyFile(folder, BANK, 'grant'),
    CASES_KEY_FILE: keyFile(folder, BANK, 'cases'),
    LOG_KEY_FILE: keyFile(folder, BANK, 'log'),
    LOG_LOCK_FILE: join(folder.log, 'last-checkpoint'),
    ...trustVariables(folder),
  };
}

/** What a witness in its own process is told. */
export function witnessVariables(folder: LocalFolder, name: string): Record<string, string> {
  return {
    WITNESS_NAME: name,
    ...witnessKeyVariables(folder, name),
    TRUST_POLICY_FILE: folder.policy,
  };
}

const LOG_NAME = 'senim.local/log';
const BANK_KEYS: readonly KeyPurpose[] = ['act', 'order', 'grant', 'cases', 'log', 'gateway', 'numbering'];
const APART: readonly KeyPurpose[] = ['gateway', 'numbering'];
const OPERATOR_KEYS: readonly KeyPurpose[] = ['act', 'receipt', 'response'];

/** The least k > 2n/3: with fewer, two halves of the witnesses could finish two different logs. */
function quorumOf(witnesses: number): number {
  return Math.floor((2 * witnesses) / 3) + 1;
}

function trustVariables(folder: LocalFolder): Record<string, string> {
  return { TRUST_POLICY_FILE: folder.policy, TRUST_ROOT_FILE: folder.root };
}

function witnessKeyVariables(folder: LocalFolder, name: string): Record<string, string> {
  return { WITNESS_KEY_FILE: keyFile(folder, name, 'witness'), WITNESS_STATE_DIR: join(folder.witnesses, name) };
}
