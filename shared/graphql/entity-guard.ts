// What no gateway asks of a subgraph, refused before anything is executed: the schema, and representations that are none or too many. Whoever
// holds the gateway's key and asks so is not the gateway as it was delivered, so that it is told.

import { AppError } from '../vocabulary/app-error';
import { operationReader } from './asked-entities';
import type { GraphQLRequestBody } from './request-body';
import { MOST_REPRESENTATIONS, type Subgraph } from './subgraph-schema';

/** Why an operation was refused. */
export type OperationRefusal = 'CLOSED_FIELD' | 'REPRESENTATION';

/**
 * Throws FORBIDDEN for a question about the schema, BAD_USER_INPUT for representations that `_entities` would not read, and tells it. What is no
 * operation at all passes: it is refused where it would be executed.
 */
export function entityGuard(
  subgraph: Subgraph,
  onRefusal: (refusal: OperationRefusal) => void,
): (body: Pick<GraphQLRequestBody, 'query' | 'variables'>) => void {
  const readOperation = operationReader(subgraph.schema);
  return ({ query, variables }) => {
    const asked = readOperation(query);
    if (asked === null) return;
    if (asked.asksSchema) {
      onRefusal('CLOSED_FIELD');
      throw new AppError('FORBIDDEN', 'A running subgraph is not asked what it is made of.');
    }
    const sent = asked.representations(variables);
    if (sent.length <= MOST_REPRESENTATIONS && sent.every((one) => isReadable(one, subgraph))) return;
    onRefusal('REPRESENTATION');
    throw new AppError('BAD_USER_INPUT', 'A read requires at most a hundred whole representations.');
  };
}

function isReadable(sent: unknown, subgraph: Subgraph): boolean {
  try {
    subgraph.readReference(sent);
    return true;
  } catch {
    return false;
  }
}
