/** The oldest Node that what is sent runs on. */
export const OLDEST_NODE = 18;

/** Where Node lies on servers, after PATH; the newest way of installing first. Patterns of sh. */
const PLACES = [
  // brought by `dozor agent install`
  '"$HOME"/.dozor-agent/node/*/bin/node',
  '"$HOME"/.nvm/versions/node/*/bin/node',
  '"$HOME"/.local/share/fnm/node-versions/*/installation/bin/node',
  '"$HOME"/.fnm/node-versions/*/installation/bin/node',
  '"$HOME"/.volta/tools/image/node/*/bin/node',
  '"$HOME"/.local/share/mise/installs/node/*/bin/node',
  '"$HOME"/.asdf/installs/nodejs/*/bin/node',
  '"$HOME"/.local/bin/node',
  '"$HOME"/.local/*/bin/node',
  '"$HOME"/n/bin/node',
  '"$HOME"/bin/node',
  '/usr/local/bin/node',
  '/usr/local/n/versions/node/*/bin/node',
  '/usr/local/nvm/versions/node/*/bin/node',
  '/usr/local/lib/nodejs/*/bin/node',
  '/usr/bin/node',
  '/opt/*/bin/node',
  '/opt/nvm/versions/node/*/bin/node',
  '/opt/homebrew/opt/*/bin/node',
  '/snap/bin/node',
].join(' ');

/**
 * What sh does over there, in one line without single quotes, backslashes and exclamation marks, so that every login shell (bash, zsh, fish, csh)
 * hands it on unchanged. Everything that differs from call to call comes by standard input: a mark that tells our lines from others, the loader,
 * the size of what is loaded. A Node that runs at the moment (an app's) is the last one that is looked for.
 */
const SCRIPT = [
  'unset NODE_OPTIONS NODE_PATH',
  'read -r mark',
  'IFS= read -r loader',
  'read -r size',
  'old=',
  'fits() { [ -f "$1" ] && [ -x "$1" ] || return 1; v=$("$1" -p process.versions.node 2>/dev/null </dev/null) || return 1',
  `[ "\${v%%.*}" -ge ${OLDEST_NODE} ] 2>/dev/null && return 0; old="$v $1"; return 1; }`,
  // pm2 lies beside the node that it was installed with
  'begin() { PATH="$PATH:${1%/*}"; export PATH; exec "$1" -e "$loader" "$mark" "$size"; }',
  `for node in "$(command -v node)" "$(command -v nodejs)" ${PLACES}; do fits "$node" && begin "$node"; done`,
  'for exe in /proc/[0-9]*/exe; do node=$(readlink "$exe"); case "$node" in */node) fits "$node" && begin "$node";; esac; done',
  'echo',
  'echo "$mark no-node $old"',
  'cat >/dev/null',
].join('; ');

/**
 * What Node does with its `-e`, in one line: reads exactly what is loaded from standard input, which stays open behind it as the line to the
 * caller, and runs it as a module from memory. Nothing is written to the disk.
 */
export const LOADER = [
  'const fs = require("fs"), bytes = Buffer.alloc(Number(process.argv[2]))',
  'let at = 0',
  'while (at < bytes.length) { try { const read = fs.readSync(0, bytes, at, bytes.length - at, null); if (read === 0) process.exit(1); at += read; } ' +
    'catch (error) { if (error.code !== "EAGAIN") throw error; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); } }',
  'const text = require("zlib").brotliDecompressSync(bytes).toString("base64")',
  'import("data:text/javascript;base64," + text)',
].join('; ');

/** The one command that is ever run over SSH. */
export const REMOTE_COMMAND = `exec /bin/sh -c '${SCRIPT}'`;
