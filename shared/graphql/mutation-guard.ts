// Puts one question before every mutation of a schema, so that none can be forgotten: a resolver runs only when the guard let it. What
// the guard asks is decided by the subgraph.

import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/** Puts `guard` before each field of the mutation type. What it throws is the field's error, and nothing was done. */
export function guardMutations<Context>(
  schema: GraphQLSchema,
  guard: (context: Context) => void | Promise<void>,
): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = async (source, values, context, info) => {
      await guard(context);
      return resolve(source, values, context, info);
    };
  }
}
