// The joint log of tests: keys, policy and root made by the ceremony, operators that sign with their own keys in databases of their own, and
// real witnesses over HTTP.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HashText } from '../../../shared/audit/act';
import type { ActKind } from '../../../shared/audit/act-kind';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { signCompactJws } from '../../../shared/audit/compact-jws';
import { type ActAuthor, createActAuthor, type SignedAct } from '../../../shared/audit-log/act-author';
import { toMessage } from '../../../shared/audit-log/foreign-act';
import { loadKeyFile } from '../../../shared/audit-log/key-file';
import { holdCeremony } from '../../../shared/ceremony/ceremony';
import { type HttpHost, startHttpHost } from '../../../shared/service/http-host';
import type { Day } from '../../../shared/vocabulary/day';
import type { Instant } from '../../../shared/vocabulary/instant';
import { startWitness, type WitnessService } from '../../../shared/witness/witness-service';
import type { DisclosureConfig, LogConfig } from '../../../subgraphs/fraud-cases/config';
import { documentHash } from '../../../subgraphs/fraud-cases/log/order-document';
import { actWithEvent, inTransaction, type LogDatabase, openLogDatabase } from '../../shared/audit-log/log-database';
import { logger } from './fraud-cases-fixture';

export const OPERATORS = ['kcell', 'beeline', 'tele2'] as const;
export const WITNESSES = [...OPERATORS, 'regulator'] as const;

/** Keys and trust of all parties in a folder of its own, for a log at a known port. */
export interface Ceremony {
  readonly folder: string;
  readonly policyFile: string;
  readonly rootFile: string;
  readonly port: number;
  readonly log: LogConfig;
  readonly disclosure: DisclosureConfig;
  keyFile(party: string, purpose: string): string;
  /** Starts the witnesses of the policy. */
  startWitnesses(names?: readonly string[]): Promise<{ stop(): Promise<void> }>;
  remove(): void;
}

export async function makeCeremony(): Promise<Ceremony> {
  const folder = mkdtempSync(join(tmpdir(), 'senim-log-'));
  const [port = 0, ...ports] = await freePorts(1 + WITNESSES.length);
  const portOf = (name: string): number => ports[WITNESSES.map(String).indexOf(name)] ?? 0;
  const trustFolder = join(folder, 'trust');
  const keyFile = (party: string, purpose: string): string => join(folder, 'keys', party, `${purpose}.pem`);
  holdCeremony({
    parties: {
      origin: 'senim.test/log',
      logUrl: `http://127.0.0.1:${port}/log`,
      quorum: 3,
      bank: 'afc',
      parties: [
        { code: 'afc', keys: ['act', 'order', 'grant', 'cases', 'numbering', 'log', 'gateway'], witnessUrl: null },
        ...OPERATORS.map((code) => ({
          code,
          keys: ['act', 'receipt', 'response', 'witness'] as const,
          witnessUrl: `http://127.0.0.1:${portOf(code)}/witness`,
        })),
        { code: 'regulator', keys: ['witness'], witnessUrl: `http://127.0.0.1:${portOf('regulator')}/witness` },
      ],
      others: [{ code: 'afc', keys: [], secrets: ['disclosure'] }],
    },
    keysFolder: join(folder, 'keys'),
    trustFolder,
    now: new Date().toISOString() as Instant,
  });
  const [policyFile, rootFile] = [join(trustFolder, 'policy.txt'), join(trustFolder, 'root.json')];
  return {
    folder,
    policyFile,
    rootFile,
    port,
    keyFile,
    log: {
      ACT_KEY_FILE: keyFile('afc', 'act'),
      LOG_KEY_FILE: keyFile('afc', 'log'),
      LOG_LOCK_FILE: join(folder, 'lock', 'last-checkpoint'),
      TRUST_POLICY_FILE: policyFile,
      TRUST_ROOT_FILE: rootFile,
      ORDER_KEY_FILE: keyFile('afc', 'order'),
      CASES_KEY_FILE: keyFile('afc', 'cases'),
      // Nobody listens there; a test that asks numbering says where its own is.
      NUMBERING_URL: 'http://127.0.0.1:9',
    },
    disclosure: {
      GRANT_KEY_FILE: keyFile('afc', 'grant'),
      DISCLOSURE_KEY_FILE: join(folder, 'keys', 'afc', 'disclosure.key'),
    },
    async startWitnesses(names = WITNESSES) {
      const started: { readonly witness: WitnessService; readonly host: HttpHost }[] = [];
      for (const name of names) {
        const witness = startWitness({
          name,
          keyFile: keyFile(name, 'witness'),
          directory: join(folder, 'witness', name),
          policyFile,
          prefix: '/witness',
          onAlarm: () => {},
        });
        const readiness = async (): Promise<boolean> => true;
        const [host, handlers] = ['127.0.0.1', witness.handle];
        started.push({ witness, host: await startHttpHost({ host, port: portOf(name), handlers, readiness, logger }) });
      }
      return {
        async stop() {
          for (const { witness, host } of started) {
            await host.stop();
            await witness.stop();
          }
        },
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) ports.push(address.port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** What an operator says in an act. */
export interface OperatorAct {
  readonly kind: ActKind;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly caseId?: string | null;
  readonly ref?: readonly HashText[];
  readonly to?: readonly string[];
}

/** An operator that signs in a database of its own. */
export interface TestOperator {
  readonly code: string;
  sign(act: OperatorAct): Promise<SignedAct>;
  receipt(order: string, outcome: string, effectiveAt: string | null): string;
  close(): Promise<void>;
}

export async function openOperator(ceremony: Ceremony, code: string): Promise<TestOperator> {
  const database: LogDatabase = await openLogDatabase();
  const actKey = loadKeyFile(ceremony.keyFile(code, 'act'));
  const receiptKey = loadKeyFile(ceremony.keyFile(code, 'receipt'));
  const author: ActAuthor = createActAuthor({
    party: code,
    privateKey: actKey.privateKey,
    keepsCases: false,
    seen: () => null,
  });
  return {
    code,
    sign: ({ kind, fields, at, caseId = null, ref = [], to = ['afc'] }) =>
      inTransaction(database.pool, (session) =>
        actWithEvent(session, author, {
          kind,
          caseId,
          ref,
          to,
          at: at as Instant,
          fields,
          expiresOn: '2031-01-01' as Day,
        }),
      ),
    receipt: (order, outcome, effectiveAt) => {
      const services = outcome === 'ENFORCED' ? ['VOICE_OUT'] : [];
      const receipt = { v: 1, order_hash: documentHash(order), outcome, services, effective_at: effectiveAt };
      const payload = Buffer.from(canonicalJson(receipt), 'utf8');
      const document = { kid: receiptKey.publicKey.keyId, typ: 'senim-receipt+jws', payload };
      return signCompactJws(document, receiptKey.privateKey);
    },
    close: () => database.close(),
  };
}

/** The fields of a report that the operator has of its own line. */
export function suspicion(reportId: string, suspect: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    reportId,
    source: 'OPERATOR_DETECTION',
    sourceRef: `REF-${reportId}`,
    suspect,
    victim: null,
    channel: 'CALL',
    fraudType: 'SIM_BOX_BYPASS',
    occurredAt: null,
    detectedAt: new Date(Date.now() - 60_000).toISOString(),
    text: null,
    assessment: null,
    ...changes,
  };
}

/** An operator's line of a replay, as its program prints it. */
export function replayLine(subject: string, id: string, signed: SignedAct, receipt: string | null = null): string {
  return JSON.stringify({ subject, id, ...toMessage(signed), receipt });
}

/** Waits until the condition holds, at most 30 seconds. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('What was awaited did not come.');
}

export { toMessage };
