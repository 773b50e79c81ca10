// Asks a running program over real HTTP, signed as the gateway signs.

import { asGateway } from './gateway-signature';

/** Answer of a GraphQL request; `data` is whatever the test expects of it. */
export interface GraphQLAnswer {
  readonly status: number;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly {
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string };
  }[];
}

/** Posts one operation to `origin`/graphql. */
export async function askGraphQL(
  origin: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphQLAnswer> {
  const url = `${origin}/graphql`;
  const response = await postJson(
    url,
    { query, variables },
    asGateway(url, JSON.stringify({ query, variables }), headers),
  );
  const { data = null, errors = [] } = response.body as Partial<GraphQLAnswer>;
  return { status: response.status, data, errors };
}

/** Posts one JSON document. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Asks `_entities` of one type; answers the entities in the order of the representations. */
export async function askEntities(
  origin: string,
  typeName: string,
  selection: string,
  representations: readonly Readonly<Record<string, unknown>>[],
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly (Record<string, unknown> | null)[]> {
  const answer = await askGraphQL(
    origin,
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${typeName} { ${selection} } } }`,
    { representations: representations.map((key) => ({ __typename: typeName, ...key })) },
    headers,
  );
  if (answer.errors.length > 0) throw new Error(`_entities failed: ${JSON.stringify(answer.errors)}`);
  return (answer.data?._entities ?? []) as readonly (Record<string, unknown> | null)[];
}
