#!/usr/bin/env node
// This file alone must parse and run on old Nodes (12 and later): no newer syntax, no static import.

const NEEDED = [24, 15];

function isOld(version) {
  const parts = version.split('.').map(Number);
  return parts[0] < NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] < NEEDED[1]);
}

function sayWhatIsNeeded() {
  const typed = ['npx', '-p', 'node@24', '-p', 'dozor', 'dozor'].concat(process.argv.slice(2)).join(' ');
  process.stderr.write(
    `dozor: Node ${NEEDED.join('.')} or newer is needed; this is Node ${process.versions.node}.\n` +
      `  Type: ${typed}\n  (in a checkout: npm install && npm start)\n`,
  );
  process.exitCode = 7;
}

/** Runs the same command under another Node; signals go through, the exit code or signal comes back. */
function runUnder(node, childProcess) {
  const child = childProcess.spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'])
    process.on(signal, () => {
      // A terminal already sends these two to the whole group.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
      child.kill(signal);
    });
  child.on('error', sayWhatIsNeeded);
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

async function startOnOldNode() {
  const [fs, childProcess, url] = await Promise.all([import('fs'), import('child_process'), import('url')]);
  const path = (relative) => url.fileURLToPath(new URL(relative, import.meta.url));
  const pinned = path('../node_modules/.bin/node');
  if (!fs.existsSync(path('../src/main.ts')) || !fs.existsSync(pinned)) return sayWhatIsNeeded();
  // The pinned one has to be new enough itself, or this would start itself for ever.
  const asked = childProcess.spawnSync(pinned, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  if (asked.status !== 0 || isOld(String(asked.stdout).trim())) return sayWhatIsNeeded();
  return runUnder(pinned, childProcess);
}

/**
 * Thousands of checks an hour leave nothing but short-lived garbage: a nursery of 1 MB is emptied in under a millisecond, by one thread. Left to itself it grows to
 * 3 × 32 MB, and emptying it then holds up every check for 50 ms and more. The old generation is likewise kept near what is in use; the engine asks
 * for a collection after it has read a configuration.
 */
function keepMemorySmall(v8) {
  v8.setFlagsFromString('--expose-gc');
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--no-parallel-scavenge');
  v8.setFlagsFromString('--heap-growing-percent=60');
}

async function start() {
  const [node, fs, v8] = await Promise.all([import('node:module'), import('node:fs'), import('node:v8')]);
  // Before anything is compiled: cached code is only good for the flags that it was made with.
  keepMemorySmall(v8);
  node.enableCompileCache();
  // The source wins over a bundle that was left behind.
  const source = new URL('../src/main.ts', import.meta.url);
  await (fs.existsSync(source) ? import(source.href) : import('../bundle/main.js'));
}

/** What fails here is no Fault but a bug: said as Node says it. */
function sayBug(error) {
  process.stderr.write(`${String((error && error.stack) || error)}\n`);
  process.exitCode = 70;
}

(isOld(process.versions.node) ? startOnOldNode().catch(sayWhatIsNeeded) : start()).catch(sayBug);
