/** Longest text of the service that is passed on, in characters. */
const TEXT_LIMIT = 300

const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g
const BEARER = /\bBearer [^\s"']{1,4000}/gi
/** What follows the question mark of an address may be all that it takes to read what it leads to. */
const LINK_QUERY = /(\bhttps?:\/\/[^\s?"'<>]{1,300})\?[^\s"'<>]{1,2000}/gi
const NAMED_SECRET =
  /\b(sig|client_secret|client_assertion|access_token|refresh_token|password)=[^\s&"']{1,4000}/gi
/** Control characters, line separators, and the marks that change the direction of text. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu

/**
 * Makes foreign text fit for one line of an error: no control or bidi characters, no tokens, no queries of links and no
 * secrets by their well-known names, at most `limit` characters.
 */
export function cleanText(text: string, limit: number = TEXT_LIMIT): string {
  const flat = text
    .slice(0, limit * 8)
    .replace(BEARER, 'Bearer [token]')
    .replace(JWT, '[token]')
    .replace(LINK_QUERY, '$1?[hidden]')
    .replace(NAMED_SECRET, '$1=[hidden]')
    .replace(UNSAFE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return flat.length > limit ? `${flat.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : flat
}
