// The documents that the bank has agreed to answer, by a manifest file. Whether one that is not among them is refused, only told, or
// nobody's business is the mode; who is asking is decided elsewhere. A text is trusted as it stands, byte for byte: nothing is parsed.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Logger } from '../shared/service/logger';
import { AppError } from '../shared/vocabulary/app-error';
import { watchFile } from './route/file-watch';

/** What happens to a document that is not in the manifest. */
export const TRUSTED_DOCUMENT_MODES = ['off', 'audit', 'enforce'] as const;
export type TrustedDocumentMode = (typeof TRUSTED_DOCUMENT_MODES)[number];

export interface TrustedDocuments {
  /** Whether a document may go on; in `audit` one that is unknown may, and its sha256 is logged. */
  admits(document: string): boolean;
  /** Name of the operation in a document of the manifest; null for every other document. */
  nameOf(document: string): string | null;
  /** Stops watching the manifest. */
  close(): Promise<void>;
}

/**
 * Opens a manifest and follows it while the process runs; one that cannot be read later changes nothing and is logged. Rejects with a
 * plain sentence when it cannot be read at start. `off` reads nothing and admits everything.
 */
export async function openTrustedDocuments(options: {
  readonly mode: TrustedDocumentMode;
  readonly file: string | undefined;
  readonly logger: Logger;
}): Promise<TrustedDocuments> {
  const { mode, file, logger } = options;
  if (mode === 'off') return { admits: () => true, nameOf: () => null, close: () => Promise.resolve() };
  if (file === undefined) {
    throw new AppError('INTERNAL', `TRUSTED_DOCUMENTS is ${mode}, and TRUSTED_DOCUMENTS_FILE is missing.`);
  }
  let text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new AppError('INTERNAL', 'The file named by TRUSTED_DOCUMENTS_FILE cannot be read.');
  const atStart = parseManifest(text);
  if (atStart === null) throw new AppError('INTERNAL', `The file named by TRUSTED_DOCUMENTS_FILE is ${NO_MANIFEST}.`);
  let known = atStart;

  const watching = watchFile(file, async () => {
    const next = await readFile(file, 'utf8').catch(() => null);
    if (next === null || next === text) return;
    text = next;
    const documents = parseManifest(next);
    if (documents === null) {
      logger.error({ reason: NO_MANIFEST }, 'the trusted documents file is refused; the one before stays in force');
      return;
    }
    known = documents;
    logger.info({ documents: documents.size }, 'the trusted documents were read again');
  });
  return {
    admits(document) {
      if (known.has(document)) return true;
      if (mode === 'enforce') return false;
      logger.warn({ document: sha256(document) }, 'a document was asked that is not in the manifest');
      return true;
    },
    nameOf: (document) => known.get(document) ?? null,
    close: () => watching.close(),
  };
}

const NO_MANIFEST = 'not a manifest of the form { "<sha256 of the document>": "<document>" }';

/** The documents of a manifest with the names of their operations; null when it is no manifest or a document does not have the sha256 under which it stands. */
export function parseManifest(text: string): ReadonlyMap<string, string | null> | null {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return null;
  const documents = new Map<string, string | null>();
  for (const [hash, document] of Object.entries(manifest)) {
    if (typeof document !== 'string' || sha256(document) !== hash) return null;
    documents.set(document, NAMED.exec(document)?.[1] ?? null);
  }
  return documents;
}

/** The first operation of a document. What it finds in a comment is at worst another name of the manifest's own making. */
const NAMED = /\b(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]*)/;

function sha256(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}
