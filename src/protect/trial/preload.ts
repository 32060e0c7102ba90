/**
 * What Node loads before the app in a trial (NODE_OPTIONS, CommonJS, Node 18): every server listens on loopback, the app's own port becomes the
 * private one, others become any free one, sockets in the file system go into the trial's folder; each is reported. When Dozor is gone or the time is
 * over, the app ends: a trial is never left behind.
 */
export const PRELOAD = `'use strict';
const net = require('net');
const fs = require('fs');
const path = require('path');
const env = process.env;
const wanted = Number(env.DOZOR_TRIAL_PORT);
const main = Number(env.DOZOR_TRIAL_MAIN || 0);
const listen = net.Server.prototype.listen;
let hasPort = false;
let sockets = 0;
const report = (line) => {
  try { fs.appendFileSync(env.DOZOR_TRIAL_REPORT, JSON.stringify(line) + '\\n'); } catch (error) { if (error.code !== 'ENOENT') throw error; }
};
const portFor = (asked) => {
  if (asked === 0) return 0;
  const isMain = asked === wanted || (main > 0 ? asked === main : !hasPort);
  if (!isMain) return 0;
  hasPort = true;
  return wanted;
};
const isPort = (value) => typeof value === 'number' || (typeof value === 'string' && /^\\d+$/.test(value));
const optionsOf = (args) => {
  const first = args[0];
  if (first !== null && typeof first === 'object') return Object.assign({}, first);
  if (isPort(first)) return { port: Number(first) };
  return typeof first === 'string' ? { path: first } : { port: 0 };
};
net.Server.prototype.listen = function (...args) {
  const first = args[0];
  if (first !== null && typeof first === 'object' && (first.fd !== undefined || first._handle || first.handle || typeof first.listen === 'function')) return listen.apply(this, args);
  const options = optionsOf(args);
  const asked = options.path === undefined ? Number(options.port || 0) : options.path;
  const backlog = args.slice(1).find((one) => typeof one === 'number');
  if (backlog !== undefined) options.backlog = backlog;
  if (options.path === undefined) {
    options.port = portFor(asked);
    options.host = '127.0.0.1';
    delete options.ipv6Only;
    delete options.reusePort;
  } else options.path = path.join(env.DOZOR_TRIAL_FOLDER, 'socket-' + process.pid + '-' + (sockets += 1));
  this.once('listening', () => {
    const address = this.address();
    report({ asked, got: address !== null && typeof address === 'object' ? address.port : 0 });
  });
  const last = args[args.length - 1];
  return typeof last === 'function' ? listen.call(this, options, last) : listen.call(this, options);
};
const parent = Number(env.DOZOR_TRIAL_PARENT);
const until = Number(env.DOZOR_TRIAL_UNTIL);
setInterval(() => {
  let isLeft = Date.now() > until;
  try { process.kill(parent, 0); } catch (error) { if (error.code === 'ESRCH') isLeft = true; }
  if (isLeft) process.kill(process.pid, 'SIGKILL');
}, 1000).unref();
`;
