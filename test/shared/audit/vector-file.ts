// Reads the published vectors of test/vectors and turns their hex into bytes.

import { readFileSync } from 'node:fs';
import path from 'node:path';

export function vectorBytes(...file: readonly string[]): Buffer {
  return readFileSync(path.join(__dirname, '../../vectors', ...file));
}

/** The vectors of a JSON file, typed by whoever reads them. */
export function vectors<Shape>(...file: readonly string[]): Shape {
  return JSON.parse(vectorBytes(...file).toString('utf8')) as Shape;
}

export function unhex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
