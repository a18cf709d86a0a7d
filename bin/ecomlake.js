#!/usr/bin/env node
// Checks the Node version before anything newer than Node 12 is read, then starts the program.
// No imports and no new syntax: this file must run, and say its sentence, on versions that the program cannot run on.

// oxlint-disable-next-line no-var -- older engines
var found = process.versions.node.split('.').map(Number);

if (found[0] < 22 || (found[0] === 22 && found[1] < 12)) {
  process.stderr.write(
    'ecomlake needs Node.js 22.12 or newer, and this is ' +
      process.versions.node +
      ': install a newer one from https://nodejs.org and run it again.\n',
  );
  process.exitCode = 2;
} else {
  import('../dist/cli.js').then(
    function (cli) {
      return cli.runProcess();
    },
    function (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      process.stderr.write(
        'ecomlake is not built yet: run `npm install` and `npm run build` in its folder, then try again.\n(' + error.message + ')\n',
      );
      process.exitCode = 2;
    },
  );
}
