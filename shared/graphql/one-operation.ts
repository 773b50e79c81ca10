// Validation rule of every subgraph: one document holds one operation, and it is a query or a mutation. Subscriptions have a door
// of their own.

import { type ASTVisitor, GraphQLError, Kind, OperationTypeNode, type ValidationContext } from 'graphql';

/** Refuses documents with several operations or with a subscription. */
export function oneOperation(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      const [operation] = operations;
      if (operations.length !== 1 || operation?.operation === OperationTypeNode.SUBSCRIPTION) {
        context.reportError(new GraphQLError('One query or mutation a request.'));
      }
    },
  };
}
