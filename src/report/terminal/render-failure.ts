import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { complaintHead } from './render-diagnostics.ts'
import type { Style } from './style.ts'

/** Why a command ended without having done its work. */
export interface ReportedFailure {
  readonly code: string
  readonly message: string
  /** What the user can do about it; absent or empty where the message says it. */
  readonly wayOut?: string
}

/** Writes a failure for people: `error[code]: message`, and below it the way out. Ends with a newline. */
export function renderFailure({ code, message, wayOut = '' }: ReportedFailure, style: Style): string {
  const head = layOut(
    { hang: span('  '), body: [complaintHead('error', code), span(` ${escapeTerminal(message)}`)] },
    style,
  )
  if (wayOut === '') return `${head}\n`
  return `${head}\n${layOut({ lead: [span('  try: ', 'strong')], body: [span(escapeTerminal(wayOut))] }, style)}\n`
}
