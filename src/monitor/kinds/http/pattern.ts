import { createContext, Script } from 'node:vm';
import type { Ms } from '#kernel/time.ts';
import { errorCode } from '#network/connect-error.ts';

/** Whether a text matches; undefined when finding out takes too long. */
export type Matcher = (text: string) => boolean | undefined;

/** A pattern that backtracks without end would hold up every other check. */
const LIMIT_MS: Ms = 100;

/** Without a repetition, an option or a choice a pattern has one way to match; nested, even bounded ones have millions. */
const HAS_CHOICES = /[*+?{|]/;

const script = new Script('pattern.test(text)');

/** Reads a pattern. One with repetitions or choices is matched under a watchdog, which costs half a millisecond. */
export const readPattern = (source: string): Matcher => {
  const pattern = new RegExp(source, 'u');
  if (!HAS_CHOICES.test(source)) return (text) => pattern.test(text);
  const context = createContext({ pattern, text: '' });
  return (text) => {
    context['text'] = text;
    try {
      return script.runInContext(context, { timeout: LIMIT_MS }) === true;
    } catch (error) {
      if (errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
      throw error;
    } finally {
      context['text'] = '';
    }
  };
};
