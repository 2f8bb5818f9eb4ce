import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { Annotation } from '../annotations-of.ts'
import type { PipelineOutputs } from '../outputs-of.ts'

/** How Azure Pipelines writes characters that would end a message or a property, after its own task library. */
const ESCAPES: Readonly<Record<string, string>> = {
  '%': '%AZP25',
  '\r': '%0D',
  '\n': '%0A',
  ';': '%3B',
  ']': '%5D',
}

/** Escapes what stands after the bracket of a logging command. */
export function escapeLoggingData(text: string): string {
  return text.replace(/[%\r\n]/g, character => ESCAPES[character] as string)
}

/** Escapes the value of a property of a logging command. */
export function escapeLoggingProperty(text: string): string {
  return text.replace(/[%\r\n;\]]/g, character => ESCAPES[character] as string)
}

/** Writes an annotation as a logging command, one line with its newline; what is merely to be known is a plain line. */
export function issueCommand({ severity, title, message, place }: Annotation, path: string | null): string {
  const text = escapeTerminal(`${title}: ${message}`, 4000)
  if (severity === 'info') return `${text}\n`
  const at =
    place === null || path === null
      ? ''
      : `sourcepath=${escapeLoggingProperty(escapeTerminal(path))};linenumber=${place.line};columnnumber=${place.column};`
  return `##vso[task.logissue type=${severity};${at}code=${escapeLoggingProperty(escapeTerminal(title, 200))};]${escapeLoggingData(text)}\n`
}

/** The name of a variable: `plan-id` is `planId`. */
function variableName(name: string): string {
  return name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())
}

/** Sets the outputs as read-only output variables of the step. */
export function variableCommands(outputs: PipelineOutputs): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = escapeLoggingData(escapeTerminal(String(value).replaceAll('\n', ' '), 4000))
      return `##vso[task.setvariable variable=${variableName(name)};isOutput=true;isReadOnly=true]${text}\n`
    })
    .join('')
}

/** Shows a Markdown file beside the run. */
export function summaryCommand(path: string): string {
  return `##vso[task.uploadsummary]${escapeLoggingData(path)}\n`
}
