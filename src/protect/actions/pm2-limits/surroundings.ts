/** An environment in which a configuration is evaluated as well, besides the one that is there. */
export type Surroundings = Readonly<Record<string, string>>;

const MOST = 8;

/**
 * The environments that a configuration tells apart, as far as its text shows: what holds in production and in development, and each value that it
 * compares a variable with. The first is the environment as it is.
 */
export const surroundingsOf = (text: string): readonly Surroundings[] => {
  if (!/process\s*\.\s*env|process\s*\[|node:process|from\s+['"]process/.test(text)) return [{}];
  const found: Surroundings[] = [{}, { NODE_ENV: 'production' }, { NODE_ENV: 'development' }];
  const compared = /\benv\s*(?:\.\s*|\[\s*['"])([A-Za-z_]\w*)(?:['"]\s*\])?\s*[!=]==?\s*['"`]([^'"`\n]{1,100})['"`]/g;
  for (const [, name = '', value = ''] of text.matchAll(compared)) found.push({ [name]: value });
  const named = /\benv\s*\.\s*([A-Za-z_]\w*)(?:\s*(?:\?[^?.]|&&)|\s*\))/g;
  for (const [, name = ''] of text.matchAll(named)) found.push({ [name]: '1' }, { [name]: '' });
  const unique = new Map(found.map((one) => [JSON.stringify(one), one]));
  return [...unique.values()].slice(0, MOST);
};
