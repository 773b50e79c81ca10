// An operator beside a real joint log: keys and trust in files, the log with its witnesses over HTTP, and a bank in front of it that takes acts in
// as it should, or is down, slow, refuses, or lies.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBase64Url } from '../../../../shared/audit/encoding';
import { provePossession } from '../../../../shared/audit/party-key';
import { signPromise } from '../../../../shared/audit/promise';
import { formatTrustRoot } from '../../../../shared/audit/trust-root';
import { type ActAuthor, createActAuthor, type SignedAct } from '../../../../shared/audit-log/act-author';
import { type ActAnswer, actRoutes } from '../../../../shared/audit-log/act-routes';
import { openMessage, type SignedActMessage, takeInForeignAct } from '../../../../shared/audit-log/foreign-act';
import type { KeyPair } from '../../../../shared/audit-log/key-file';
import { logRoutes } from '../../../../shared/audit-log/log-routes';
import { dayOf } from '../../../../shared/vocabulary/day';
import type { Instant } from '../../../../shared/vocabulary/instant';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import type { JointLogConfig } from '../../../../subgraphs/operator/config';
import type { DeskPace } from '../../../../subgraphs/operator/log/joint-log-desk';
import { signingKey } from '../../../shared/audit/signing-keys';
import { inTransaction } from '../../../shared/audit-log/log-database';
import { keyPair, LogNetwork, policyText, WITNESS_NAMES } from '../../../shared/audit-log/log-network';

export const BANK = 'afc';
export const ACT_KEY = keyPair('kcell act');
export const RECEIPT_KEY = keyPair('kcell receipt');
export const BANK_ACT_KEY = keyPair('afc act');
export const BANK_ORDER_KEY = keyPair('afc order');
export const GATEWAY_KEY = keyPair('afc gateway');
export const GRANT_KEY = keyPair('afc grant');
export const NUMBERING_KEY = keyPair('afc numbering');

/** Fast enough for tests; calls have a second. */
export const TEST_PACE: DeskPace = {
  startMs: 0,
  scanStepMs: 5,
  scanRestMs: 60_000,
  expiryMs: 30,
  deliverMs: 20,
  proofMs: 30,
  checkpointMs: 50,
  callMs: 1_000,
  faultMs: 100,
};

/** Writes a private key as a program wants it. */
export function writeKey(path: string, word: string, mode = 0o600): string {
  const pem = signingKey(word).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(path, pem, { mode });
  return path;
}

/** The root of trust of the tests: the bank, three operators, and a regulator that only watches. */
export function rootText(): string {
  const keyOf = (party: string, role: 'act' | 'order' | 'receipt' | 'response' | 'gateway' | 'grant' | 'numbering') => {
    const { privateKey, publicKey } = keyPair(`${party} ${role}`);
    return { role, key: publicKey, possession: encodeBase64Url(provePossession(party, role, privateKey)) };
  };
  return formatTrustRoot({
    opened: '2026-11-01T00:00:00.000Z' as Instant,
    bank: BANK,
    parties: [
      {
        code: BANK,
        witness: null,
        keys: (['act', 'order', 'grant', 'gateway', 'numbering'] as const).map((role) => keyOf(BANK, role)),
      },
      ...WITNESS_NAMES.map((code) => ({
        code,
        witness: code,
        keys: code === 'regulator' ? [] : [keyOf(code, 'act'), keyOf(code, 'receipt'), keyOf(code, 'response')],
      })),
    ],
  });
}

/** A pace at which a service does nothing by itself. */
export const IDLE_PACE: DeskPace = { ...TEST_PACE, startMs: 3_600_000 };

/** Keys and trust of an operator in a folder; `policy` is the text of the witness policy. */
export function writeOperatorFiles(folder: string, code: string, policy: string, logUrl: string): JointLogConfig {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const rootFile = join(folder, 'root.json');
  const policyFile = join(folder, 'policy.txt');
  writeFileSync(rootFile, rootText());
  writeFileSync(policyFile, policy);
  return {
    ACT_KEY_FILE: writeKey(join(folder, 'act.pem'), `${code} act`),
    RECEIPT_KEY_FILE: writeKey(join(folder, 'receipt.pem'), `${code} receipt`),
    RESPONSE_KEY_FILE: writeKey(join(folder, 'response.pem'), `${code} response`),
    WITNESS_KEY_FILE: writeKey(join(folder, 'witness.pem'), `${code} witness`),
    WITNESS_STATE_DIR: join(folder, 'witness'),
    TRUST_POLICY_FILE: policyFile,
    TRUST_ROOT_FILE: rootFile,
    LOG_URL: logUrl,
  };
}

/** What the bank does with acts. FORGET: promises and keeps nothing. */
export type Manner =
  | 'HONEST'
  | 'SLOW'
  | 'REFUSE'
  | 'FAIL'
  | 'WRONG_LEAF'
  | 'WRONG_KEY'
  | 'FAR_PROMISE'
  | 'NO_PROMISE'
  | 'FORGET';

/** The bank's door before a real joint log. */
export class Bank {
  /** For every act, or for one by its id. */
  manner: Manner = 'HONEST';
  readonly manners = new Map<string, Manner>();
  /** How long a promise may take to be kept. */
  promiseMs = 60_000;
  /** Gives the receipt of this act for every other. */
  proofOf: string | null = null;
  /** Ids in the order in which they came, repetitions included. */
  readonly asked: string[] = [];
  readonly taken: SignedAct[] = [];
  private readonly author: ActAuthor;

  constructor(readonly network: LogNetwork) {
    this.author = createActAuthor({
      party: BANK,
      privateKey: BANK_ACT_KEY.privateKey,
      keepsCases: true,
      seen: () => null,
    });
    this.open();
  }

  open(): void {
    const { reads } = this.network;
    const acts = actRoutes((message) => this.takeIn(message));
    const plain = logRoutes(reads, '');
    const log = logRoutes(reads, '/log');
    this.network.server('log').handler = async (request, response) => {
      const path = request.url ?? '';
      if (path === '/internal/acts' && this.manner === 'FAIL') {
        response.writeHead(500).end('{"refusal":"INTERNAL"}');
        return true;
      }
      if (this.proofOf !== null && path.startsWith('/log/receipts/')) request.url = `/log/receipts/${this.proofOf}`;
      return (await acts(request, response)) || (await log(request, response)) || plain(request, response);
    };
  }

  /** Drops every connection. */
  close(): void {
    this.network.server('log').handler = null;
  }

  private async takeIn(message: SignedActMessage): Promise<ActAnswer> {
    const opened = openMessage(message, (party, keyId) =>
      party === 'kcell' && keyId === ACT_KEY.publicKey.keyId ? ACT_KEY.publicKey : null,
    );
    if (!opened.ok) return { ok: false, refusal: opened.error };
    const foreign = opened.value;
    this.asked.push(foreign.act.id);
    const manner = this.manners.get(foreign.act.id) ?? this.manner;
    if (manner === 'SLOW') await sleep(3_000, undefined, { ref: false });
    if (manner === 'REFUSE') return { ok: false, refusal: 'NOT_ACCEPTED' };
    const { leafHash } = foreign;
    if (manner === 'NO_PROMISE') return { ok: true, leafHash, promise: 'yes' };
    if (manner === 'WRONG_LEAF')
      return { ok: true, leafHash, promise: this.promise(otherLeaf(leafHash), BANK_ACT_KEY) };
    if (manner === 'WRONG_KEY') return { ok: true, leafHash, promise: this.promise(leafHash, keyPair('somebody')) };
    if (manner === 'FAR_PROMISE')
      return { ok: true, leafHash, promise: this.promise(leafHash, BANK_ACT_KEY, 86_400_000) };
    if (manner === 'FORGET') return { ok: true, leafHash, promise: this.promise(leafHash, BANK_ACT_KEY) };
    const at = msToInstant(Date.now());
    const taken = await inTransaction(this.network.database.pool, (session) =>
      takeInForeignAct(session, this.author, { foreign, caseId: null, at, expiresOn: dayOf(Date.now()) }),
    );
    if (!taken.ok) return { ok: false, refusal: taken.error };
    if (taken.value.outcome === 'TAKEN') this.taken.push(foreign);
    return { ok: true, leafHash, promise: this.promise(leafHash, BANK_ACT_KEY) };
  }

  private promise(leafHash: string, key: KeyPair, withinMs = this.promiseMs): string {
    return signPromise({ leafHash, due: msToInstant(Date.now() + withinMs) }, key.privateKey);
  }
}

function otherLeaf(leafHash: string): string {
  return createHash('sha256').update(leafHash).digest('base64url');
}

/** Log, witnesses and bank; the operator's witness is not among those that run. */
export interface LogWorld {
  readonly network: LogNetwork;
  readonly bank: Bank;
  /** What the operator kcell is started with. */
  readonly config: JointLogConfig;
  close(): Promise<void>;
}

export async function openLogWorld(): Promise<LogWorld> {
  const network = await LogNetwork.open({ start: false });
  const bank = new Bank(network);
  for (const name of WITNESS_NAMES) if (name !== 'kcell') network.startWitness(name);
  network.startLog();
  const policy = policyText((name) => network.server(name).url);
  return {
    network,
    bank,
    config: writeOperatorFiles(join(network.folder, 'operator'), 'kcell', policy, network.server('log').url),
    close: () => network.close(),
  };
}
