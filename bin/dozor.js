#!/usr/bin/env node
// This file alone must parse and run on old Nodes (12 and later): no syntax that is newer, no static import.

var NEEDED = [24, 15];

function isOld(version) {
  var parts = version.split('.').map(Number);
  return parts[0] < NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] < NEEDED[1]);
}

function sayWhatIsNeeded() {
  process.stderr.write(
    'dozor: Node ' +
      NEEDED.join('.') +
      ' or newer is needed; this is Node ' +
      process.versions.node +
      '.\n' +
      '  Type: npx -p node@24 -p dozor dozor ' +
      process.argv.slice(2).join(' ') +
      '\n' +
      '  (in a checkout: npm install && npm start)\n',
  );
  process.exitCode = 7;
}

/** Runs the same command under another Node; signals go through, the exit code or signal comes back. */
function runUnder(node, childProcess) {
  var child = childProcess.spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'].forEach(function (signal) {
    process.on(signal, function () {
      // A terminal already sends these two to the whole group.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
      child.kill(signal);
    });
  });
  child.on('error', sayWhatIsNeeded);
  child.on('exit', function (code, signal) {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function startOnOldNode() {
  return Promise.all([import('fs'), import('child_process'), import('url')]).then(function (modules) {
    var pinned = modules[2].fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
    var isCheckout = modules[0].existsSync(modules[2].fileURLToPath(new URL('../src/main.ts', import.meta.url)));
    if (!isCheckout || !modules[0].existsSync(pinned)) return sayWhatIsNeeded();
    // The pinned one has to be new enough itself, or this would start itself for ever.
    var asked = modules[1].spawnSync(pinned, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    if (asked.status !== 0 || isOld(String(asked.stdout).trim())) return sayWhatIsNeeded();
    return runUnder(pinned, modules[1]);
  }, sayWhatIsNeeded);
}

function start() {
  return Promise.all([import('node:module'), import('node:fs')]).then(function (modules) {
    modules[0].enableCompileCache();
    // The source wins over a bundle that was left behind.
    var source = new URL('../src/main.ts', import.meta.url);
    return modules[1].existsSync(source) ? import(source.href) : import('../bundle/main.js');
  });
}

if (isOld(process.versions.node)) startOnOldNode();
else start().catch(sayBug);

/** What fails here is no Fault but a bug: said as Node says it. */
function sayBug(error) {
  process.stderr.write(String((error && error.stack) || error) + '\n');
  process.exitCode = 70;
}
