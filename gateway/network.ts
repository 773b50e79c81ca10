// Puts together what reaches the subgraphs: connections, gates, deadlines and the directory. Made once per process, before the first
// supergraph is loaded, and closed last.

import type { EngineNetwork } from './engine';
import { createBankCalls } from './route/bank-call';
import { MUTATION_DEADLINE_MS } from './route/deadlines';
import type { Directory } from './route/directory';
import type { ScalarRules } from './route/leaf-rule';
import { createOperatorCalls } from './route/operator-call';
import { createOperatorGates } from './route/operator-gate';
import { createSender } from './route/send';

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
}): EngineNetwork & { close(): Promise<void> } {
  const { directory, scalars } = options;
  const toOperators = createSender({
    connectionsPerOrigin: OPERATOR_CONNECTIONS,
    connectTimeoutMs: Math.min(OPERATOR_CONNECT_TIMEOUT_MS, options.operatorDeadlineMs),
  });
  const toBank = createSender({ connectionsPerOrigin: BANK_CONNECTIONS, connectTimeoutMs: BANK_CONNECT_TIMEOUT_MS });
  const addresses = new Map(Object.entries(options.addresses));
  return {
    directory,
    scalars,
    stream: toBank.stream,
    operators: createOperatorCalls({
      post: toOperators.post,
      gates: createOperatorGates(),
      readDeadlineMs: options.operatorDeadlineMs,
      mutationDeadlineMs: MUTATION_DEADLINE_MS,
    }),
    bankFor: (stated) =>
      createBankCalls({ post: toBank.post, addressOf: (name) => addresses.get(name) ?? stated(name) }),
    async close() {
      await directory.close();
      await Promise.all([toOperators.close(), toBank.close()]);
    },
  };
}
