// The text of an operation as a server is sent it: with the fragments and variables that it uses, and no others.

import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
} from 'graphql';

/** The text. `had` takes out of a node what the server lacks. */
export function operationText(
  whole: OperationDefinitionNode,
  known: ReadonlyMap<string, FragmentDefinitionNode>,
  had: <Node extends ASTNode>(node: Node) => Node,
): string {
  const operation = had(whole);
  const kept = new Map([...known].map(([name, node]) => [name, had(node)] as const));
  const fragments = new Set<string>();
  const variables = new Set<string>();
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { kind, name } = node as { readonly kind?: string; readonly name?: { readonly value: string } };
    if (kind === Kind.VARIABLE && name !== undefined) variables.add(name.value);
    if (kind === Kind.FRAGMENT_SPREAD && name !== undefined && !fragments.has(name.value)) {
      fragments.add(name.value);
      look(kept.get(name.value));
    }
    for (const child of Object.values(node)) look(child);
  };
  look(operation.selectionSet);
  const used = (operation.variableDefinitions ?? []).filter(({ variable }) => variables.has(variable.name.value));
  const definitions = [...fragments].flatMap((name) => kept.get(name) ?? []);
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, variableDefinitions: used }, ...definitions],
  };
  return stripIgnoredCharacters(print(document));
}
