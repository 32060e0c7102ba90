import { createRequire } from 'node:module';
import type * as PhoneNumbers from 'libphonenumber-js/min';
import { err, ok, type Result } from '#kernel/result.ts';

const load = createRequire(import.meta.url);
let numbers: typeof PhoneNumbers | undefined;

/** Loaded at first use: its tables would weigh on those who have no phone channel. */
const library = (): typeof PhoneNumbers => {
  numbers ??= load('libphonenumber-js/min') as typeof PhoneNumbers;
  return numbers;
};

/**
 * A number as people write it (`8 701 123 45 67` with country KZ) in the international form (`+77011234567`); on failure a sentence
 * that says what to do.
 */
export const internationalNumber = (written: string, country?: string): Result<string, string> => {
  const { parsePhoneNumberFromString, isSupportedCountry } = library();
  const region = country?.toUpperCase();
  if (region !== undefined && !isSupportedCountry(region))
    return err(`country "${country}" is none: write its two letters, such as KZ`);
  const parsed = parsePhoneNumberFromString(written, region === undefined ? {} : { defaultCountry: region });
  if (parsed?.isValid() === true) return ok(parsed.number);
  return err(
    region === undefined
      ? `"${written}" is no international number: begin it with + and the country's code, or set country`
      : `"${written}" is no number of ${region}`,
  );
};

/** All of a channel's numbers in the international form, or the first sentence about one that is none. */
export const recipientsOf = (config: {
  readonly to: string | readonly string[];
  readonly country?: string | undefined;
}): Result<readonly string[], string> => {
  const found: string[] = [];
  for (const written of typeof config.to === 'string' ? [config.to] : config.to) {
    const number = internationalNumber(written, config.country);
    if (!number.ok) return number;
    found.push(number.value);
  }
  return ok([...new Set(found)]);
};
