#!/usr/bin/env node
// Checks the Node version before anything newer than Node 12 is read, then starts the program.
// No static imports and no new syntax: this file must run, and say its sentence, on versions the program cannot run on.

/* oxlint-disable no-var -- older engines */
var found = process.versions.node.split('.').map(Number);

if (found[0] < 22 || (found[0] === 22 && found[1] < 12)) {
  void Promise.all([import('child_process'), import('fs'), import('url')]).then(function (modules) {
    var url = modules[2];
    // A checkout brings its own Node as a dev dependency; the published package does not.
    var own = url.fileURLToPath(new url.URL('../node_modules/node/bin/node', import.meta.url));
    return modules[1].existsSync(own) ? runWith(own, url.fileURLToPath(import.meta.url), modules[0]) : refuse();
  });
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

function refuse() {
  process.stderr.write(
    'ecomlake needs Node.js 22.12 or newer, and this is ' +
      process.versions.node +
      ': install a newer one from https://nodejs.org and run it again.\n',
  );
  process.exitCode = 2;
}

function runWith(node, script, childProcess) {
  var child = childProcess.spawn(node, [script].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // Ctrl-C reaches both; the child decides when to end.
  process.on('SIGINT', function () {});
  process.on('SIGTERM', function () {
    child.kill('SIGTERM');
  });
  child.on('exit', function (code) {
    process.exitCode = code === null ? 1 : code;
  });
}
