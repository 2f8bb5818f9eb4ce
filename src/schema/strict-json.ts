/** How deep a document of ours may be nested; none comes near it. */
const DEEPEST = 64

/** A JSON document as it was read, or why it is none of ours, to be put after the name of its file. */
export type StrictJson =
  | { readonly value: unknown }
  | {
      readonly fault: string
      /** Whether it is JSON all the same, and no text that was cut or is something else. */
      readonly isJson: boolean
    }

/**
 * Reads JSON that this tool wrote: a plan, a signature, a lease, a journal. Never throws.
 *
 * A key that stands twice in an object is a fault: a person or a search sees the first, a parser takes the last
 * (RFC 8259 section 4 leaves it open). So is a nesting that no document of ours has.
 */
export function readStrictJson(text: string): StrictJson {
  try {
    const fault = findFault(text)
    const value: unknown = JSON.parse(text)
    return fault === undefined ? { value } : { fault, isJson: true }
  } catch {
    return { fault: 'it is not JSON', isJson: false }
  }
}

/** Walks over a text once. What it says holds of valid JSON only, and of anything else parsing says that it is none. */
function findFault(text: string): string | undefined {
  /** The keys seen of each object that is open; null of a list. */
  const open: (Set<string> | null)[] = []
  let isKeyNext = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (isKeyNext && keys instanceof Set) {
        const key: unknown = JSON.parse(text.slice(at, end + 1))
        if (keys.has(String(key)))
          return `the key ${JSON.stringify(key)} stands twice in one object (line ${lineOf(text, at)})`
        keys.add(String(key))
      }
      isKeyNext = false
      at = end
    } else if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : null)
      if (open.length > DEEPEST) return `it is nested more than ${DEEPEST} deep (line ${lineOf(text, at)})`
      isKeyNext = char === '{'
    } else if (char === '}' || char === ']') open.pop()
    else if (char === ',') isKeyNext = open.at(-1) instanceof Set
  }
  return undefined
}

/** Where the quote is that ends a string; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const end = text.indexOf('"', at)
    if (end < 0) return text.length
    let backslashes = 0
    while (text[end - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return end
    at = end + 1
  }
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
