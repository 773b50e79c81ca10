// What must be true of the joint log after a campaign: the audit of the whole log finds nothing, acts have receipts that anybody can ask for, and
// what a case leaves as evidence is VALID to a stranger.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { verifyBundle } from '../../../shared/audit/bundle';
import { checkLog } from '../../../shared/audit-log/log-check';
import { readLogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import { originHash } from '../../../shared/audit-log/witness-client';
import { entryFile } from '../../../shared/local-network/network-layout';
import { loadBankTrust } from '../../../subgraphs/fraud-cases/log/bank-trust';
import type { MortalNetwork } from '../../support/mortal-network';

/** Everything that is wrong with the log as a whole, and with these acts in it. */
export async function wrongWithLog(network: MortalNetwork, caseIds: readonly string[]): Promise<readonly string[]> {
  return [...(await audit(network)), ...(await withoutReceipt(network, caseIds))];
}

/** What a stranger says of the evidence of one case; empty when it is VALID. */
export async function wrongWithBundle(network: MortalNetwork, caseId: string): Promise<readonly string[]> {
  const bundle = await exportCase(network, caseId);
  if (typeof bundle === 'string') return [`case ${caseId} could not be exported: ${bundle}`];
  const report = verifyBundle({
    bundle,
    policy: readFileSync(network.folder.policy),
    root: readFileSync(network.folder.root),
    notBefore: null,
  });
  return report.verdict === 'VALID' ? [] : [`the bundle of case ${caseId} is ${report.verdict}`];
}

async function audit(network: MortalNetwork): Promise<readonly string[]> {
  const trust = loadBankTrust({ policyFile: network.folder.policy, rootFile: network.folder.root });
  const { policy } = trust;
  const notes = await Promise.all(
    policy.witnesses.map(async ({ url }) => {
      const response = await fetch(`${url}/${originHash(policy.origin)}/checkpoint`);
      return response.status === 200 ? [await response.text()] : [];
    }),
  );
  const lastFile = network.plan('fraud-cases').environment.LOG_LOCK_FILE ?? '';
  const client = new Client({ connectionString: network.plan('fraud-cases').database ?? '' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const faults = await checkLog(client, {
      policy,
      actKeyOf: (party, keyId) => trust.keyOf(party, 'act', keyId),
      last: readLogCheckpoint(readFileSync(lastFile, 'utf8'), policy),
      records: notes.map((each) => ({ leafHashes: [], notes: each })),
    });
    return faults.map(({ code, place }) => `the log: ${code} at ${place}`);
  } finally {
    await client.end();
  }
}

/** Acts of cases for which the log gives no final receipt: all by its tables, and some over HTTP as anybody asks. */
async function withoutReceipt(network: MortalNetwork, caseIds: readonly string[]): Promise<readonly string[]> {
  const acts = await network.rows<{ readonly id: string }>(
    'fraud-cases',
    'SELECT id::text FROM audit.act WHERE case_id = ANY ($1::uuid[]) ORDER BY md5(id::text)',
    [caseIds],
  );
  const origin = new URL(network.plan('fraud-cases').url).origin;
  const wrong: string[] = [];
  for (const { id } of acts.slice(0, ASKED)) {
    const response = await fetch(`${origin}/log/receipts/${id}`);
    const receipt =
      response.status === 200 ? ((await response.json()) as { state: string; proof: string | null }) : null;
    if (receipt?.state !== 'FINAL' || receipt.proof === null) wrong.push(`act ${id} has no final receipt`);
  }
  return wrong;
}

const ASKED = 50;
const EXPORT_MS = 60_000;

function exportCase(network: MortalNetwork, caseId: string): Promise<Buffer | string> {
  const { environment } = network.plan('fraud-cases');
  const child = spawn(process.execPath, [entryFile('fraud-cases', network.compiledRoot), 'export-case'], {
    env: { PATH: process.env.PATH, ...environment, CASE_ID: caseId },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: EXPORT_MS,
  });
  const parts: Buffer[] = [];
  let words = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => {
    words = `${words}${String(part)}`.slice(-2_000);
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve('the program did not start'));
    child.once('close', (code) => resolve(code === 0 ? Buffer.concat(parts) : words.trim()));
  });
}
