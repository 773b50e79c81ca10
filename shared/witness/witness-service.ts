// A witness that runs inside a process: opened from its files, watching by itself, answering by a handler. An operator hosts it beside its own
// service; a regulator runs it alone.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadKeyFile } from '../audit-log/key-file';
import { loadPolicyFile, type NetworkPolicy } from '../audit-log/policy-file';
import type { CallHttp } from '../service/http-call';
import { AppError } from '../vocabulary/app-error';
import { tilesOf } from './log-client';
import { openWitness, type Witness } from './witness';
import type { OnWitnessAlarm } from './witness-alarm';
import { witnessRoutes } from './witness-routes';
import { startWatch } from './witness-watch';

/** Where a witness finds what it needs. */
export interface WitnessPlace {
  /** Its name in the policy. */
  readonly name: string;
  readonly keyFile: string;
  /** Folder of its state. */
  readonly directory: string;
  readonly policyFile: string;
  /** Path before its addresses, e.g. `/witness`; empty for none. */
  readonly prefix: string;
  readonly onAlarm: OnWitnessAlarm;
  /** How log and witnesses are called; in the clear on this machine unless told. */
  readonly call?: CallHttp | undefined;
}

/** A witness that answers and watches. */
export interface WitnessService {
  readonly witness: Witness;
  readonly policy: NetworkPolicy;
  /** Answers what is the witness's, and says false to the rest. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Call it after the server has stopped. */
  stop(): Promise<void>;
}

/** Opens and starts a witness. Throws one plain sentence when a file is missing, unsound, or does not fit the policy. */
export function startWitness(place: WitnessPlace): WitnessService {
  const policy = loadPolicyFile(place.policyFile);
  if (policy.logUrl === null) {
    throw new AppError('INTERNAL', `The witness policy ${place.policyFile} does not say where the log answers.`);
  }
  const witness = openWitness({
    policy,
    name: place.name,
    key: loadKeyFile(place.keyFile),
    directory: place.directory,
    fetchTile: tilesOf(policy.logUrl, place.call),
    onAlarm: place.onAlarm,
    nowMs: Date.now,
  });
  const watch = startWatch({ witness, policy, name: place.name, call: place.call });
  return {
    witness,
    policy,
    handle: witnessRoutes(witness, policy, place.prefix),
    async stop() {
      await watch.stop();
      await witness.close();
    },
  };
}
