import type { YAMLError } from 'yaml'
import type { SchemaCode } from './codes.ts'

interface Fault {
  readonly code: SchemaCode
  readonly message: string
}

function syntax(message: string): Fault {
  return { code: 'yaml-syntax', message }
}

const OTHER = syntax('this is not YAML: check quotes, brackets and indentation')

/** What the YAML library's codes mean for somebody who writes a policy. */
const FAULTS: { readonly [code in YAMLError['code']]?: Fault } = {
  ALIAS_PROPS: syntax('an alias takes no anchor or tag of its own: remove it'),
  BAD_ALIAS: syntax(
    'an anchor or alias needs a name: write one, or quote the text if a `*` or `&` was meant',
  ),
  BAD_DQ_ESCAPE: syntax(
    'between double quotes a backslash starts an escape, and this one is unknown: use single quotes, or write `\\\\`',
  ),
  BAD_INDENT: syntax('this line is indented unlike its neighbours: align it, or close the bracket before it'),
  BAD_SCALAR_START: syntax('a text cannot start with this character: put it in quotes'),
  BLOCK_AS_IMPLICIT_KEY: syntax(
    'a second `: ` on one line: put the text in quotes, or start a new line for a nested map',
  ),
  BLOCK_IN_FLOW: syntax('inside brackets only brackets may nest: close them first'),
  KEY_OVER_1024_CHARS: syntax('a key is at most 1024 characters long: shorten it'),
  MISSING_CHAR: syntax('something is missing here: a closing quote or bracket, a comma, or the `:` of a key'),
  MULTILINE_IMPLICIT_KEY: syntax('a key stands on one line and needs a `: ` after it'),
  MULTIPLE_ANCHORS: syntax('a value takes one anchor: remove the other'),
  MULTIPLE_TAGS: { code: 'yaml-tag', message: 'tags are not supported: remove them' },
  TAB_AS_INDENT: { code: 'yaml-tab', message: 'a tab cannot indent: use spaces' },
  TAG_RESOLVE_FAILED: {
    code: 'yaml-tag',
    message: 'tags are not supported, every scalar is read as it is typed: remove the tag',
  },
  BAD_DIRECTIVE: { code: 'yaml-tag', message: 'this directive is not supported: remove it' },
  UNEXPECTED_TOKEN: syntax('this does not belong here: check the quotes, brackets and commas before it'),
}

/** Says in our words what the YAML library found. */
export function explainYamlFault(code: YAMLError['code']): Fault {
  return FAULTS[code] ?? OTHER
}
