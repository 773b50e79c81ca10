// Private keys and policies as files: what is loaded, and what is refused with one sentence.

import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadKeyFile, loadOrMakeKeyFile } from '../../../shared/audit-log/key-file';
import { loadPolicyFile } from '../../../shared/audit-log/policy-file';
import { policyText } from './log-keys';

const folder = mkdtempSync(join(tmpdir(), 'senim-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a key file', () => {
  test('is made once, for its owner alone, and loaded again', () => {
    const path = join(folder, 'kcell', 'act.pem');
    const made = loadOrMakeKeyFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadOrMakeKeyFile(path).publicKey.keyId).toBe(made.publicKey.keyId);
    expect(loadKeyFile(path).publicKey.keyId).toBe(made.publicKey.keyId);
  });

  test('is refused when others may read it, also through a link', () => {
    const path = join(folder, 'open.pem');
    loadOrMakeKeyFile(path);
    chmodSync(path, 0o640);
    expect(() => loadKeyFile(path)).toThrow('mode 0600');
    const link = join(folder, 'link.pem');
    symlinkSync(path, link);
    expect(() => loadKeyFile(link)).toThrow('mode 0600');
  });

  test('is refused when it is missing, a folder, or holds anything but an Ed25519 private key', () => {
    expect(() => loadKeyFile(join(folder, 'none.pem'))).toThrow('cannot be read');
    expect(() => loadKeyFile(folder)).toThrow('must be a file');
    const contents = [
      'hello\n',
      '',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
    ];
    contents.forEach((content, at) => {
      const path = join(folder, `wrong-${at}.pem`);
      writeFileSync(path, content, { mode: 0o600 });
      expect(() => loadKeyFile(path)).toThrow('does not hold a sound Ed25519 private key');
    });
  });
});

describe('a policy file', () => {
  const good = policyText((name) => `http://127.0.0.1:9/${name}`);

  test('says where log and witnesses answer and how many are needed', () => {
    const path = join(folder, 'policy.txt');
    writeFileSync(path, good);
    expect(loadPolicyFile(path)).toMatchObject({ needed: 3, tolerated: 1, logUrl: 'http://127.0.0.1:9/log' });
  });

  test.each([
    ['a quorum of two thirds', good.replace('all-witnesses 3 ', 'all-witnesses 2 ')],
    ['no quorum', good.replace('quorum all-witnesses', 'quorum none')],
    ['a witness twice', good.replace('quorum', `${good.split('\n')[1]}\nquorum`)],
    ['rubbish', 'hello\n'],
  ])('is refused with %s', (_what, text) => {
    const path = join(folder, 'refused.txt');
    writeFileSync(path, text);
    expect(() => loadPolicyFile(path)).toThrow('is refused');
  });
});
