// Runs a TypeScript file of the tests as a command, compiled on the way as jest compiles it:
// node test/support/run-typescript.cjs FILE [arguments]
const { resolve } = require('node:path');
const Module = require('node:module');
const { transformFileSync } = require('@swc/core');

Module._extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: 'es2023',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  });
  module._compile(code, file);
};

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Which TypeScript file is to be run?\n');
  process.exit(5);
}
process.argv = [process.argv[0], resolve(file), ...rest];
require(resolve(file));
