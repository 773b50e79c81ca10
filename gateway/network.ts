// Puts together what reaches the subgraphs: connections, gates, deadlines and the directory. Made once per process, before the first
// supergraph is loaded, and closed last.

import type { Transport } from '../shared/service/transport';
import type { EngineNetwork } from './engine';
import { createBankCalls } from './route/bank-call';
import type { CallMeter } from './route/call-meter';
import { MUTATION_DEADLINE_MS } from './route/deadlines';
import type { Directory } from './route/directory';
import type { ScalarRules } from './route/leaf-rule';
import { createOperatorCalls, type IsSignedBy } from './route/operator-call';
import { createOperatorGates } from './route/operator-gate';
import { createSender, type Post, type Sign } from './route/send';
import type { Disclosure } from './route/wave';

const OPERATOR_CONNECTIONS = 64;
const BANK_CONNECTIONS = 128;
const OPERATOR_CONNECT_TIMEOUT_MS = 200;
const BANK_CONNECT_TIMEOUT_MS = 1_000;

/** The network of a gateway. `addresses` tells where the bank's subgraphs answer, before what a supergraph says. */
export function openNetwork(options: {
  readonly directory: Directory;
  readonly addresses: Readonly<Record<string, string>>;
  readonly operatorDeadlineMs: number;
  readonly scalars: ScalarRules;
  /** Counts the calls, when somebody wants to know. */
  readonly meter?: CallMeter;
  /** Signs every request. */
  readonly sign?: Sign;
  /** Demanded of every answer of an operator. */
  readonly isSignedBy?: IsSignedBy;
  /** How each server is connected to, operators by their codes, the bank's subgraphs by their names; in the clear on this machine unless told. */
  readonly transport?: Pick<Transport, 'tlsOf' | 'onStranger'>;
  /** Makes what allows the reads of operators, over signed calls to the bank's subgraphs. */
  readonly disclosureOver?: (post: Post) => Disclosure;
}): EngineNetwork & { close(): Promise<void> } {
  const { directory, scalars, meter, sign, isSignedBy, transport, disclosureOver } = options;
  const toOperators = createSender({
    connectionsPerOrigin: OPERATOR_CONNECTIONS,
    connectTimeoutMs: Math.min(OPERATOR_CONNECT_TIMEOUT_MS, options.operatorDeadlineMs),
    sign,
    transport,
  });
  const toBank = createSender({
    connectionsPerOrigin: BANK_CONNECTIONS,
    connectTimeoutMs: BANK_CONNECT_TIMEOUT_MS,
    sign,
    transport,
  });
  const gates = createOperatorGates();
  const operators = createOperatorCalls({
    post: toOperators.post,
    gates,
    readDeadlineMs: options.operatorDeadlineMs,
    mutationDeadlineMs: MUTATION_DEADLINE_MS,
    isSignedBy,
  });
  const addresses = new Map(Object.entries(options.addresses));
  return {
    directory,
    scalars,
    stream: toBank.stream,
    disclosure: disclosureOver?.(meter?.leave(toBank.post) ?? toBank.post),
    operators: meter?.operators(operators, gates) ?? operators,
    bankFor(stated) {
      const bank = createBankCalls({ post: toBank.post, addressOf: (name) => addresses.get(name) ?? stated(name) });
      return meter?.bank(bank) ?? bank;
    },
    async close() {
      await directory.close();
      await Promise.all([toOperators.close(), toBank.close()]);
    },
  };
}
