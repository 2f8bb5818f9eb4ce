/** Longest text of the service that is passed on, in characters. */
const TEXT_LIMIT = 300

const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g
/** Control characters, line separators, and the marks that change the direction of text. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu

/**
 * Makes foreign text fit for one line of an error: no control or bidi characters, no tokens, at most `limit` characters.
 */
export function cleanText(text: string, limit: number = TEXT_LIMIT): string {
  const flat = text
    .slice(0, limit * 8)
    .replace(JWT, '[token]')
    .replace(UNSAFE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return flat.length > limit ? `${flat.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : flat
}
