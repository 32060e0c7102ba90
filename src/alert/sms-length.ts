/** The GSM 03.38 basic character set (3GPP TS 23.038 § 6.2.1), without the escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table (§ 6.2.1.1): each takes an escape and so two places. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Does a text fit into one SMS: 160 places of GSM-7, or 70 of UTF-16 when a character is not in GSM-7? */
export const fitsOneSms = (text: string): boolean => {
  const letters = Array.from(text);
  const isGsm = letters.every((letter) => BASIC.has(letter) || EXTENSION.has(letter));
  if (!isGsm) return text.length <= 70;
  return letters.reduce((sum, letter) => sum + (EXTENSION.has(letter) ? 2 : 1), 0) <= 160;
};
