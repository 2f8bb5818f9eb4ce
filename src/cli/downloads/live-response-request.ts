import type { LiveResponseCommand } from '../../schema/policy.ts'
import { TEXT_RULES, type TextFormat } from '../../schema/text-formats.ts'
import { fail } from '../fail.ts'
import type { Flags } from '../flags.ts'

/** Throws Failure `usage` for a text that the service would not take, or that would not come back as it was. */
function check(option: string, format: TextFormat, text: string): string {
  const problem = TEXT_RULES[format](text)
  if (problem === undefined) return text
  throw fail('usage', `${option} ${text}: expected ${problem.expected}.`)
}

/**
 * Reads the commands of a live response off the command line, in the order in which the service takes them: all
 * PutFile, then RunScript, then all GetFile (docs/service.md#live-response-order).
 *
 * @throws Failure `usage` for a name, path or text that cannot be sent, and where there is nothing to run.
 */
export function readCommands(flags: Flags): readonly LiveResponseCommand[] {
  const script = flags.text('script')
  const args = flags.text('args')
  if (args !== undefined && script === undefined) {
    throw fail('usage', '--args is for the script of --script NAME, and none was given.')
  }
  const commands: readonly LiveResponseCommand[] = [
    ...flags.list('put').map(file => ({ type: 'PutFile', file: check('--put', 'fileName', file) }) as const),
    ...(script === undefined
      ? []
      : [
          {
            type: 'RunScript',
            script: check('--script', 'fileName', script),
            ...(args === undefined ? {} : { args: check('--args', 'line', args) }),
          } as const,
        ]),
    ...flags
      .list('get')
      .map(path => ({ type: 'GetFile', path: check('--get', 'line', path).trim() }) as const),
  ]
  if (commands.length === 0) {
    throw fail('usage', 'There is nothing to run: give --put FILE, --script NAME or --get PATH.')
  }
  return commands
}

/** Writes one command for people; not escaped. */
export function describeCommand(command: LiveResponseCommand): string {
  if (command.type === 'PutFile') return `PutFile ${command.file}`
  if (command.type === 'GetFile') return `GetFile ${command.path}`
  return `RunScript ${command.script}${command.args === undefined ? '' : ` ${command.args}`}`
}
