import { basename, extname } from 'node:path';
import { buildsIn, withoutBuild } from './build-words.ts';

/** A place where a script builds on the machine that serves. `text` is the line as it stands. */
export interface Place {
  readonly line: number;
  readonly text: string;
}

/** What was found in a file, and the file without it. */
export interface Finding {
  readonly places: readonly Place[];
  readonly after: string;
}

const SERVES =
  /\bpm2\b|\bsystemctl\s+(?:restart|reload|start)|\bgit\s+(?:pull|fetch|reset|checkout)\b|\bssh\s|\brsync\b|\bforever\b|\bsupervisorctl\b/;

const NOTHING: Finding = { places: [], after: '' };

/** Takes the build out of the lines that `matters` says run on the server. */
const inLines = (text: string, matters: (index: number) => boolean): Finding => {
  const places: Place[] = [];
  const kept = text.split('\n').flatMap((line, index) => {
    if (!matters(index) || !buildsIn(line)) return [line];
    places.push({ line: index + 1, text: line.trim() });
    const without = withoutBuild(line);
    return without === undefined ? [] : [without];
  });
  return { places, after: kept.join('\n') };
};

const everywhere = (): boolean => true;

/** A shell script or Makefile counts when it pulls or restarts, or is called after a deploy. */
const inScript = (path: string, text: string): Finding =>
  SERVES.test(text) || /deploy|release|update|restart|rollout/i.test(basename(path))
    ? inLines(text, everywhere)
    : NOTHING;

/** Scripts of package.json that run on the server by their nature. */
const SERVER_SCRIPTS =
  /^(?:(?:pre|post)?(?:start|install|deploy|release|restart|prod|production|serve)(?:[:-].*)?|deploy.*|.*:deploy)$/;

const inManifest = (text: string): Finding => {
  const lines = text.split('\n');
  const places: Place[] = [];
  const kept = lines.map((line, index) => {
    const [, head, name = '', body = '', foot] = /^(\s*"([\w:.-]+)"\s*:\s*")((?:[^"\\]|\\.)*)(".*)$/.exec(line) ?? [];
    if (head === undefined || !SERVER_SCRIPTS.test(name) || !buildsIn(body)) return line;
    places.push({ line: index + 1, text: line.trim() });
    return head + (withoutBuild(body) ?? 'true') + (foot ?? '');
  });
  return { places, after: kept.join('\n') };
};

const indentOf = (line: string): number => /^[ -]*/.exec(line)?.[0].length ?? 0;

/** Lines of a workflow that run on the server: the script of a step that goes there over SSH, and the words of a `run: ssh …`. */
const remoteLines = (lines: readonly string[]): ReadonlySet<number> => {
  const found = new Set<number>();
  let remote: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const indent = indentOf(line);
    if (remote !== undefined && indent <= remote) remote = undefined;
    if (remote !== undefined) found.add(index);
    else if (/^\s*script\s*:\s*[|>]?[+-]?\s*/.test(line) && isRemoteStep(lines, index)) {
      remote = indent;
      found.add(index);
    } else if (/\bssh\s/.test(line)) {
      found.add(index);
      if (/<<|\\\s*$|["'][^"']*$/.test(line)) remote = Math.max(0, indent - 1);
    }
  }
  return found;
};

/** Whether the step above a `script:` uses an action that goes to a server. */
const isRemoteStep = (lines: readonly string[], at: number): boolean => {
  for (let index = at; index >= Math.max(0, at - 25); index -= 1) {
    const line = lines[index] ?? '';
    if (/uses\s*:.*\bssh\b/i.test(line)) return true;
    if (index < at && /^\s*-\s+(?:name|uses|run)\s*:/.test(line) && !/^\s*-\s+name/.test(line)) return false;
  }
  return false;
};

const inWorkflow = (text: string): Finding => {
  const remote = remoteLines(text.split('\n'));
  return inLines(text, (index) => remote.has(index));
};

/** The `deploy` part of an ecosystem file: what PM2 runs on the server. */
const inEcosystem = (text: string): Finding => {
  const places: Place[] = [];
  const kept = text.split('\n').map((line, index) => {
    const [, head, quote = '', body = '', foot] =
      /^(.*["']?(?:post-deploy|pre-setup|post-setup|pre-deploy)["']?\s*:\s*(["'`]))(.*)(\2.*)$/.exec(line) ?? [];
    if (head === undefined || !buildsIn(body) || quote === '') return line;
    places.push({ line: index + 1, text: line.trim() });
    return head + (withoutBuild(body) ?? '') + (foot ?? '');
  });
  return { places, after: kept.join('\n') };
};

/** Finds where a file builds on the machine that serves. A build on a machine of its own (CI, an image) is as it should be. */
export const findBuilds = (path: string, text: string): Finding => {
  const [name, extension] = [basename(path), extname(path)];
  if (name === 'package.json') return inManifest(text);
  if (/\.ya?ml$/.test(name) && /workflows|gitlab-ci|bitbucket-pipelines/.test(path)) return inWorkflow(text);
  if (/ecosystem|pm2/.test(name)) return inEcosystem(text);
  if (/^(?:Makefile|makefile|GNUmakefile|justfile|Justfile)$/.test(name))
    return SERVES.test(text) ? inLines(text, everywhere) : NOTHING;
  return /^\.(?:sh|bash|zsh)$/.test(extension) || /^#!.*\b(?:ba|z|da)?sh\b/.test(text) ? inScript(path, text) : NOTHING;
};
