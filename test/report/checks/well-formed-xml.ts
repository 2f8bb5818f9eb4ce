/** XML 1.0, production 2: what a document may hold at all. */
const CHARACTERS = /^[\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u
const TOKEN =
  /<\?xml [^?]*\?>\n|<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|apos);[^"<&]*)*")*)(\/?)>/y
const TEXT = /[^<&]*(?:&(?:amp|lt|gt|quot|apos);[^<&]*)*/y

/** Says what keeps a text from being the XML that our own writer may make; empty where nothing does. */
export function xmlFaults(text: string): readonly string[] {
  if (!CHARACTERS.test(text)) return ['a character that XML 1.0 cannot hold']
  const open: string[] = []
  let at = 0
  while (at < text.length) {
    TEXT.lastIndex = at
    at += TEXT.exec(text)?.[0].length ?? 0
    if (at === text.length) break
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (token === null) return [`no token at ${at}: ${text.slice(at, at + 40)}`]
    at += token[0].length
    const [, closes, name, attributes = '', closed] = token
    if (name === undefined) continue
    const keys = [...attributes.matchAll(/ ([a-z]+)="/g)].map(([, key]) => key)
    if (new Set(keys).size < keys.length) return [`an attribute of ${name} twice`]
    if (closes === '/') {
      if (open.pop() !== name) return [`</${name}> closes nothing`]
    } else if (closed !== '/') open.push(name)
  }
  return open.map(name => `<${name}> is open`)
}
