import type { SchemaCode } from './codes.ts'
import { parseDuration } from './duration.ts'
import { parseEndpoint } from './endpoint.ts'
import { parseInstant } from './instant.ts'
import { hasSecret, parseStore } from './store-address.ts'

/** Why a text is not what its place asks for. */
export interface TextProblem {
  readonly code: SchemaCode
  /** What was expected and the way out, without the text itself. */
  readonly expected: string
  /** Whether the text may hold a secret: then it is shown nowhere. */
  readonly isSecret?: true
}

/** Name of a format in the JSON Schemas. */
export type TextFormat =
  | 'line'
  | 'policyName'
  | 'formerName'
  | 'machineId'
  | 'machineName'
  | 'instant'
  | 'duration'
  | 'durationOrZero'
  | 'durationOrNever'
  | 'durationOrOff'
  | 'freshness'
  | 'sha1'
  | 'fileName'
  | 'guid'
  | 'endpoint'
  | 'store'
  | 'share'
  | 'amount'
  | 'waveSize'
  | 'wholeNumber'
  | 'positiveNumber'

type Explain = (text: string) => TextProblem | undefined

const HOUR_MS = 3_600_000
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
/** Blanks, control and invisible characters, wildcards and separators. */
const NOT_IN_A_NAME =
  /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069*?,;:/\\]|^["'`\u00ab\u00bb\u2018-\u201f]|["'`\u00ab\u00bb\u2018-\u201f]$/
const TIME_WITHOUT_OFFSET = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/
const LOOKS_LIKE_TIME = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?)?$/

function matching(pattern: RegExp, code: SchemaCode, expected: string): Explain {
  return text => (pattern.test(text) ? undefined : { code, expected })
}

function explainLine(text: string): TextProblem | undefined {
  const visible = text.trim()
  if (visible === '') return { code: 'empty-text', expected: 'a text with a visible character' }
  return CONTROL.test(visible)
    ? { code: 'control-character', expected: 'one line without control characters' }
    : undefined
}

/** Says what is wrong with a machine's DNS name, or with a line of a list file; undefined where nothing is. */
export function explainMachineName(text: string): TextProblem | undefined {
  const name = text.trim()
  if (name !== '' && name.length <= 255 && !NOT_IN_A_NAME.test(name)) return undefined
  return {
    code: 'invalid-machine-name',
    expected:
      'one whole DNS name, without blanks, wildcards, separators or quotation marks (choose many machines by `tag`)',
  }
}

function explainInstant(text: string): TextProblem | undefined {
  if (parseInstant(text) !== undefined) return undefined
  if (TIME_WITHOUT_OFFSET.test(text) && parseInstant(`${text}Z`) !== undefined) {
    return {
      code: 'time-without-offset',
      expected: `a time with an offset: append \`Z\` for UTC (\`${text}Z\`), or one such as \`+02:00\``,
    }
  }
  return LOOKS_LIKE_TIME.test(text)
    ? { code: 'no-such-time', expected: 'a time that exists: check month, day, hour and offset' }
    : {
        code: 'invalid-time',
        expected: 'a date such as `2026-11-20`, or a time with an offset such as `2026-11-20T10:00:00Z`',
      }
}

function durationOf(leastMs: number, least: string): Explain {
  return text => {
    const duration = parseDuration(text)
    if (duration === undefined) {
      return {
        code: 'invalid-duration',
        expected: 'a whole number and one of s, m, h, d, w, such as `12h` or `7d`',
      }
    }
    return duration.ms < leastMs ? { code: 'duration-too-short', expected: least } : undefined
  }
}

/** A duration of more than zero, or one word that stands for none. */
function orWord(word: string): Explain {
  const explain = durationOf(1, `a duration of more than zero, or \`${word}\``)
  return text => (text === word ? undefined : explain(text))
}

function explainShare(text: string): TextProblem | undefined {
  const isShare = /^\d{1,3}(\.\d{1,6})?%$/.test(text) && Number(text.slice(0, -1)) <= 100
  return isShare
    ? undefined
    : { code: 'invalid-share', expected: 'a percentage from 0% to 100%, such as `10%`' }
}

/** A count from 1 on, or a share of more than nothing. */
function isAmount(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text) || (explainShare(text) === undefined && Number.parseFloat(text) > 0)
}

function explainAmount(text: string): TextProblem | undefined {
  return isAmount(text)
    ? undefined
    : { code: 'invalid-amount', expected: 'a number of machines from 1 on or a share of them such as `10%`' }
}

function explainWaveSize(text: string): TextProblem | undefined {
  return text === 'rest' || isAmount(text)
    ? undefined
    : {
        code: 'invalid-amount',
        expected: 'a number of machines from 1 on, a share of them such as `10%`, or `rest`',
      }
}

function explainEndpoint(text: string): TextProblem | undefined {
  if (parseEndpoint(text) !== undefined) return undefined
  return {
    code: 'invalid-endpoint',
    expected:
      'an https address such as `https://api.security.microsoft.com`, without login or query (plain http to this computer only)',
  }
}

function explainStore(text: string): TextProblem | undefined {
  if (parseStore(text) !== undefined) return undefined
  if (hasSecret(text)) {
    return {
      code: 'secret-in-store',
      expected:
        'an address without a SAS, a key or a login, since Holdfast signs in to the store as it does to the service: remove it here, and revoke it where this file was shared',
      isSecret: true,
    }
  }
  return {
    code: 'invalid-store',
    expected:
      '`local`, or an https address of a container such as `https://acct.blob.core.windows.net/holdfast/emea` (plain http to this computer only)',
  }
}

/** The named formats of the JSON Schemas: each says what is wrong with a text, or undefined where nothing is. */
export const TEXT_RULES: Readonly<Record<TextFormat, Explain>> = {
  line: explainLine,
  policyName: matching(
    /^[a-z0-9-]{1,63}$/,
    'invalid-name',
    'a name of 1 to 63 of a to z, 0 to 9 and `-`, without capitals or blanks',
  ),
  formerName: matching(
    /^[a-z0-9-]{0,63}$/,
    'invalid-name',
    'a name of at most 63 of a to z, 0 to 9 and `-`, or `""` for none',
  ),
  machineId: matching(
    /^[0-9a-f]{1,64}$/i,
    'invalid-machine-id',
    'a machine id: hexadecimal digits only, usually 40 of them (a name goes into `dnsName`)',
  ),
  machineName: explainMachineName,
  instant: explainInstant,
  duration: durationOf(1, 'a duration of more than zero'),
  durationOrZero: durationOf(0, ''),
  durationOrNever: orWord('never'),
  durationOrOff: orWord('off'),
  freshness: durationOf(HOUR_MS, 'at least an hour (`1h`)'),
  sha1: matching(/^[0-9a-f]{40}$/i, 'invalid-sha1', 'a SHA-1: 40 hexadecimal digits'),
  fileName: matching(
    /^[0-9A-Za-z._-]{1,255}$/,
    'invalid-file-name',
    'the name of a library file: letters, digits, `-`, `_` and `.` only, without a folder',
  ),
  guid: matching(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'invalid-guid',
    'a GUID such as `80fe8ff8-2624-418e-9591-41f0491218f9`',
  ),
  endpoint: explainEndpoint,
  store: explainStore,
  share: explainShare,
  amount: explainAmount,
  waveSize: explainWaveSize,
  wholeNumber: matching(/^(0|[1-9]\d{0,8})$/, 'invalid-number', 'a whole number from 0 on'),
  positiveNumber: matching(/^[1-9]\d{0,8}$/, 'invalid-number', 'a whole number from 1 on'),
}

/** {@link TEXT_RULES} as ajv takes them: does the text have the format? */
export const textFormats: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  Object.entries(TEXT_RULES).map(([name, explain]) => [name, (text: string) => explain(text) === undefined]),
)
