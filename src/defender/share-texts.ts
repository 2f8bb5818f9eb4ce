/** Gives a text, the same object for equal texts. */
export type Share = (text: string) => string

/** Remembers texts that come again and again, such as machine ids and words, so that each is in memory once. */
export function shareTexts(): Share {
  const kept = new Map<string, string>()
  return text => {
    const known = kept.get(text)
    if (known === undefined) kept.set(text, text)
    return known ?? text
  }
}

/** Keeps every text as it is. */
export const shareNothing: Share = text => text
