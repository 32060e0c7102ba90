import manifest from '../../package.json' with { type: 'json' };

/** How our questions introduce themselves. */
export const USER_AGENT: string = `Dozor/${manifest.version}`;
