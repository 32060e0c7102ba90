/** The GSM 03.38 basic character set (3GPP TS 23.038 § 6.2.1), without the escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table (§ 6.2.1.1): each takes an escape and so two places. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** What a text costs as SMS. */
export interface SmsLength {
  readonly encoding: 'gsm-7' | 'ucs-2';
  /** Places taken: septets or UTF-16 units. */
  readonly units: number;
  readonly parts: number;
}

const placesOf = (letter: string): number | undefined =>
  BASIC.has(letter) ? 1 : EXTENSION.has(letter) ? 2 : undefined;

const partsOf = (places: readonly number[], single: number, joined: number): number => {
  const total = places.reduce((sum, place) => sum + place, 0);
  if (total <= single) return 1;
  let parts = 1;
  let used = 0;
  for (const place of places) {
    // a character of two places (an escape, a surrogate pair) is never torn over two parts
    if (used + place > joined) {
      parts += 1;
      used = 0;
    }
    used += place;
  }
  return parts;
};

/** How many parts a text is charged as: 160 places of GSM-7 or 70 of UCS-2, 153 and 67 a part when it takes several. */
export const smsLength = (text: string): SmsLength => {
  const letters = Array.from(text);
  const septets = letters.map(placesOf);
  const isGsm = septets.every((place) => place !== undefined);
  const places = isGsm ? septets : letters.map((letter) => letter.length);
  const units = places.reduce((sum, place) => sum + place, 0);
  return isGsm
    ? { encoding: 'gsm-7', units, parts: partsOf(places, 160, 153) }
    : { encoding: 'ucs-2', units, parts: partsOf(places, 70, 67) };
};

/** Does a text fit into one SMS? */
export const fitsOneSms = (text: string): boolean => smsLength(text).parts === 1;
