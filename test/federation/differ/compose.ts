// Composes the printed parts of an invented graph.

import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@override", "@interfaceObject"
])\n`;

/** The supergraph of parts named `s0`, `s1`, …; throws what composition complains of. */
export function composeParts(parts: readonly string[]): string {
  const composed = composeServices(
    parts.map((part, index) => ({ name: `s${index}`, url: `http://s${index}/`, typeDefs: parse(LINK + part) })),
  );
  if (!composed.supergraphSdl) throw new Error(composed.errors?.map((error) => error.message).join('\n'));
  return composed.supergraphSdl;
}
