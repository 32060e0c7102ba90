import manifest from '../../package.json' with { type: 'json' };

/** This Dozor's version, from its package.json. */
export const VERSION: string = manifest.version;
