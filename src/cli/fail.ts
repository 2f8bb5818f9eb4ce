import { LOCAL_CODES } from '../local/codes.ts'
import { type Fail, failuresOf } from '../local/failure.ts'
import { CLI_CODES } from './codes.ts'

type Codes = typeof LOCAL_CODES & typeof CLI_CODES

/** Makes a failure with a code of the command line, or of what lies on this disk. */
export const fail: Fail<Codes> = failuresOf<Codes>({ ...LOCAL_CODES, ...CLI_CODES })
