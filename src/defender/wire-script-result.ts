/** What a RunScript brings (docs/service.md#script-result). */
export interface ScriptResult {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/**
 * Reads `{script_name, exit_code, script_output, script_errors}`; the NUL characters that end recorded outputs are
 * left out.
 *
 * @returns Undefined where the text is something else: then nobody knows how the script ended. Never throws.
 */
export function readScriptResult(text: string): ScriptResult | undefined {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { exit_code: code, script_output: output, script_errors: errors } = value as WireScriptResult
  const exitCode = typeof code === 'string' && /^-?\d{1,10}$/.test(code) ? Number(code) : code
  if (typeof exitCode !== 'number' || !Number.isInteger(exitCode)) return undefined
  return { exitCode, output: textOf(output), errors: textOf(errors) }
}

interface WireScriptResult {
  readonly exit_code?: unknown
  readonly script_output?: unknown
  readonly script_errors?: unknown
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\0+$/, '') : ''
}
