// The end of a program: one stop, whatever and however often it is told; also when its parent is gone.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';

const COMPILED = join(__dirname, '..', '..', '..', 'dist', 'shared', 'service');
const children: ChildProcess[] = [];

/** A program whose stop writes a line, and then does `stop`. */
async function program(
  stop: string,
  stdio: 'pipe' | 'ipc' = 'pipe',
): Promise<{ child: ChildProcess; output: () => string }> {
  const script = `
    const { runUntilSignal } = require(${JSON.stringify(join(COMPILED, 'shutdown.js'))});
    const { createLogger } = require(${JSON.stringify(join(COMPILED, 'logger.js'))});
    runUntilSignal(async () => { console.log('stop'); ${stop} }, createLogger({ name: 'p', level: 'silent' }));
    setInterval(() => {}, 1000);
    console.log('up');`;
  const channel = stdio === 'ipc' ? (['ipc'] as const) : [];
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit', ...channel] });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += String(chunk);
  });
  await once(child.stdout ?? child, 'data');
  return { child, output: () => output };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('stops once for many signals and exits with 0', async () => {
  const { child, output } = await program('await new Promise((resolve) => setTimeout(resolve, 200));');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(output()).toBe('up\nstop\n');
});

test('exits with 1 when stopping fails', async () => {
  const { child } = await program('throw new Error("no");');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([1, null]);
});

test('stops when the channel to its parent closes', async () => {
  const { child, output } = await program('', 'ipc');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(output()).toContain('stop');
});

test('a fault that nobody catches ends the program without its text', async () => {
  const script = `
    const { runUntilSignal } = require(${JSON.stringify(join(COMPILED, 'shutdown.js'))});
    const { createLogger } = require(${JSON.stringify(join(COMPILED, 'logger.js'))});
    runUntilSignal(async () => {}, createLogger({ name: 'p', level: 'info' }));
    setInterval(() => {}, 1000);
    Promise.reject(Object.assign(new Error('Key (iin)=(030405500007)'), { detail: '+77011234567' }));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
  }
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(output).toContain('nobody caught this fault');
  expect(output).not.toMatch(/030405500007|7011234567/);
});
