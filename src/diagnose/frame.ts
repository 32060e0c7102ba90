/** A line of a stack: `    at f (/srv/app/index.js:1:16)`. */
const FRAME =
  /^\s{0,60}at (?:async )?(?:[^()]{0,400}\(.*\)|(?:file:\/\/|node:|\/|[A-Za-z]:[\\/]|\.{0,2}\/|internal\/|<anonymous>|evalmachine|webpack|[\w@.-]+\/)\S{0,400}|\S{1,300}:\d+:\d+)(?: ?\{)?$/;
const ELISION = /^\s{0,60}(?:\.\.\. \d+ (?:more|lines matching)|\[\.\.\. lines matching)/;

/** Is it a line of a stack? */
export const isFrameLine = (line: string): boolean => line.length < 1_000 && FRAME.test(line);

/** A line of a stack, or one that stands for several. */
export const isStackLine = (line: string): boolean => isFrameLine(line) || ELISION.test(line);

/** Where a frame points: `/srv/app/index.js` with its line; undefined for Node's own and what has no file. */
export const frameFile = (frame: string): { readonly file: string; readonly line: number } | undefined => {
  const match = /(?:\(|^|\s)((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]{1,400}?):(\d+)(?::\d+)?\)?$/.exec(frame);
  if (match === null) return undefined;
  const file = (match[1] ?? '').replace(/^file:\/\//, '');
  return { file, line: Number(match[2]) };
};

const FOREIGN = /[\\/]node_modules[\\/]|^node:|[\\/]\.pnpm[\\/]|[\\/]pm2[\\/]lib[\\/]/;

/** The innermost frame in the program's own files. */
export const ownFrame = (frames: readonly string[]): { readonly file: string; readonly line: number } | undefined => {
  for (const frame of frames) {
    const place = frameFile(frame);
    if (place !== undefined && !FOREIGN.test(place.file)) return place;
  }
  return undefined;
};

/** Does the stack show that the error came while files were being loaded, before the program ran? */
export const isWhileLoading = (frames: readonly string[]): boolean =>
  frames.some((frame) =>
    /Module\._compile|Module\._load|Module\.load|modules\/(?:cjs|esm)\/|ModuleJob\.run/.test(frame),
  );
