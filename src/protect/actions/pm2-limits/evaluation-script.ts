/**
 * The program that evaluates a configuration file as PM2 would, in a process of the app's Node (18 and later). It reads a request from stdin and writes,
 * after a mark, what each text evaluates to. The texts are compiled under the name of the file, so that relative requires work and nothing is written
 * beside it. The clock stands still and chance is fixed, so that two evaluations can be compared.
 */
export const EVALUATION_SCRIPT = String.raw`
import Module, { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { pathToFileURL } from 'node:url';

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
const began = Date.now();
const { file, kind, texts, mark, budgetMs } = request;
const url = pathToFileURL(file).href;
const require = createRequire(file);

const RealDate = Date;
const still = Math.floor(request.now);
globalThis.Date = class extends RealDate {
  constructor(...words) { if (words.length === 0) super(still); else super(...words); }
  static now() { return still; }
};
Math.random = () => 0.5;

const MOST = 200000;
const encode = (root) => {
  let count = 0;
  const open = [];
  const members = (value) => Reflect.ownKeys(value)
    .filter((key) => typeof key === 'string' && Object.getOwnPropertyDescriptor(value, key).enumerable)
    .map((key) => { let inner; try { inner = value[key]; } catch (error) { return [key, ['error', String(error)]]; } return [key, visit(inner)]; });
  const visit = (value) => {
    count += 1;
    if (count > MOST) throw new Error('the configuration is too large');
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : ['number', String(value)];
    if (typeof value === 'function') return ['function', Function.prototype.toString.call(value)];
    if (typeof value !== 'object') return [typeof value, String(value)];
    const seen = open.indexOf(value);
    if (seen !== -1) return ['cycle', seen];
    open.push(value);
    try {
      if (Array.isArray(value)) return ['array', Array.from(value, visit)];
      const tag = Object.prototype.toString.call(value);
      if (tag === '[object Date]') return ['date', String(+value)];
      if (tag === '[object RegExp]') return ['regexp', String(value)];
      if (tag === '[object Map]' || tag === '[object Set]') return [tag, Array.from(value, visit)];
      return ['object', members(value)];
    } finally {
      open.pop();
    }
  };
  return visit(root);
};

const own = (name) => !name.split(path.sep).includes('node_modules');
const script = (text) => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).replace(/^#!/, '//');

const commonjs = (text) => {
  for (const name of Object.keys(require.cache)) if (own(name)) delete require.cache[name];
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  require.cache[file] = module;
  module._compile(script(text), file);
  return module.exports;
};

const resolve = async (name) => {
  if (/^(\.\.?\/|\/)/.test(name)) return new URL(name, url).href;
  if (/^(node|file|data):/.test(name)) return name;
  try { return await import.meta.resolve(name, url); } catch (error) {
    const found = require.resolve(name);
    return path.isAbsolute(found) ? pathToFileURL(found).href : found;
  }
};

const load = async (name) => {
  const at = await resolve(name);
  if (at.startsWith('file:') && at.endsWith('.json')) return { default: JSON.parse(fs.readFileSync(new URL(at), 'utf8')) };
  return import(at);
};

const foreign = async (name, context) => {
  const space = await load(name);
  const names = Object.keys(space);
  return new vm.SyntheticModule(names, function () { for (const one of names) this.setExport(one, space[one]); }, { context });
};

const esm = async (text) => {
  const module = new vm.SourceTextModule(script(text), {
    identifier: url,
    initializeImportMeta: (meta) => {
      meta.url = url;
      meta.filename = file;
      meta.dirname = path.dirname(file);
      meta.resolve = (name) => (/^\.\.?\//.test(name) ? new URL(name, url).href : pathToFileURL(require.resolve(name)).href);
    },
    importModuleDynamically: (name) => load(name),
  });
  await module.link((name) => foreign(name));
  await module.evaluate();
  return module.namespace;
};

const json = (text) => vm.runInThisContext('(' + text + ')', { filename: file });

const results = [];
const evaluate = { commonjs, esm, json }[kind];
const real = process.exit.bind(process);
let answered = false;
const answer = () => {
  if (answered) return;
  answered = true;
  const bytes = Buffer.from('\n' + mark + JSON.stringify(results));
  for (let at = 0; at < bytes.length; ) {
    try { at += fs.writeSync(1, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  }
};
process.exit = () => { throw new Error('it calls process.exit'); };
process.on('exit', answer);
process.on('uncaughtException', (error) => { results.push({ error: String(error && error.message || error) }); answer(); real(0); });
for (const text of texts) {
  if (results.length > 0 && RealDate.now() - began > budgetMs) break;
  try {
    results.push({ tree: encode(await evaluate(text)) });
  } catch (error) {
    results.push({ error: String((error && error.message) || error).split('\n')[0] });
  }
}
answer();
real(0);
`;
