// The documents that Apollo Server has parsed and validated, by number and not by weight: its own store weighs a document by its JSON,
// and what a parsed document holds in memory is many times that. Clients that ask ever new documents must not make the process grow.

import type { DocumentNode } from 'graphql';

/** The form in which Apollo Server wants its store. */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** As many documents as a new supergraph is warmed with. */
const MOST_DOCUMENTS = 200;

/** An empty store; the longest unused document goes first. */
export function createDocumentStore(most = MOST_DOCUMENTS): DocumentStore {
  const documents = new Map<string, DocumentNode>();
  return {
    get(key) {
      const document = documents.get(key);
      if (document !== undefined) {
        documents.delete(key);
        documents.set(key, document);
      }
      return Promise.resolve(document);
    },
    set(key, document) {
      documents.delete(key);
      documents.set(key, document);
      const [oldest] = documents.keys();
      if (documents.size > most && oldest !== undefined) documents.delete(oldest);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(documents.delete(key)),
  };
}
