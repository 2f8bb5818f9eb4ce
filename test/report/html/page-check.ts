/** The elements of a page and the attributes that each may have. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  html: ['lang'],
  head: [],
  meta: ['charset', 'http-equiv', 'content', 'name'],
  title: [],
  style: [],
  script: [],
  body: [],
  main: [],
  header: ['class'],
  footer: [],
  div: ['class'],
  section: ['class', 'id', 'tabindex', 'aria-label'],
  search: ['id', 'hidden'],
  label: ['for'],
  input: ['id', 'type', 'autocomplete', 'spellcheck', 'aria-controls'],
  button: ['type', 'data-key', 'aria-pressed'],
  output: ['id', 'for'],
  h1: [],
  h2: ['id'],
  p: ['class'],
  ul: ['class'],
  li: [],
  b: [],
  bdi: ['class'],
  span: ['class', 'role', 'aria-label', 'aria-hidden'],
  svg: ['class', 'viewBox', 'preserveAspectRatio', 'aria-hidden'],
  rect: ['class', 'x', 'y', 'width', 'height'],
  details: [],
  summary: [],
  table: ['id', 'role', 'aria-label', 'aria-labelledby', 'aria-rowcount'],
  thead: ['role'],
  tbody: ['role'],
  tr: ['role', 'data-keys'],
  th: ['role', 'scope'],
  td: ['role'],
  dl: [],
  dt: [],
  dd: [],
}
const VOID: ReadonlySet<string> = new Set(['meta', 'input', 'rect'])
const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [A-Za-z-]+(?:="[^"<>]*")?)*)(\/?)>/y

function attributeNames(text: string): readonly string[] {
  return [...text.matchAll(/ ([A-Za-z-]+)(?:="[^"]*")?/g)].map(([, name = '']) => name)
}

/**
 * Reads a page strictly, as no browser would: every `<` must begin a known tag with known attributes, and every element
 * must end where it should. Script and style are taken out before.
 *
 * @returns Everything that is wrong.
 */
export function faultsOf(page: string): readonly string[] {
  const text = page.replace(/^<!doctype html>\n/, '').replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>')
  const faults: string[] = []
  const open: string[] = []
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    TAG.lastIndex = at
    const [, end, name = '', attributes = ''] = TAG.exec(text) ?? []
    const allowed = ALLOWED[name]
    if (allowed === undefined) faults.push(`no tag of ours: ${text.slice(at, at + 40)}`)
    faults.push(...attributeNames(attributes).filter(own => allowed?.includes(own) === false))
    if (end === '/' && open.pop() !== name) faults.push(`</${name}> ends something else`)
    if (end === '' && !VOID.has(name)) open.push(name)
  }
  if (/&(?!#\d+;)/.test(text)) faults.push('an entity that is not ours')
  if ((page.match(/<script>/g) ?? []).length !== 1) faults.push('not exactly one script')
  return [...faults, ...open.map(name => `<${name}> is left open`)]
}

/** The texts of a page as a reader sees them, tags taken out and entities read. */
export function shownText(page: string): string {
  return page
    .replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')
    .replace(/<\/(?:p|li|td|th|tr|h1|h2|dd)>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_whole, code) => String.fromCharCode(Number(code)))
}
