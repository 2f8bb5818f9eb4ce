import { gzipSync } from 'node:zlib'
import { type ByteSource, bufferSource, noiseSource } from './byte-source.ts'
import type { StoredAction, WireCommand } from './stored-action.ts'
import { zipSource } from './zip.ts'

/** Bytes for a link, and how they are called. */
export interface DownloadContent {
  readonly bytes: ByteSource
  readonly type: string
  readonly fileName: string
}

/**
 * The investigation package of an action: a ZIP of lists as the service collects them.
 *
 * @param padding - Bytes of a memory file inside, for downloads that take a while.
 */
export function investigationPackage(record: StoredAction, padding: number): DownloadContent {
  const host = record.computerDnsName ?? record.machineId
  const lists = {
    'Autoruns/Autoruns.csv': `Entry,Image\r\nOneDrive,C:\\Program Files\\OneDrive.exe\r\n`,
    'Network connections/ActiveNetConnections.txt': `  TCP    10.20.1.7:49712    203.0.113.80:443    ESTABLISHED\r\n`,
    'Processes/CurrentProcesses.csv': `Name,Id\r\nSystem,4\r\nMsMpEng,3012\r\n`,
    'System Information/SystemInformation.txt': `Host Name: ${host}\r\nAction: ${record.id}\r\n`,
  }
  const entries = Object.entries(lists).map(([name, text]) => ({ name, content: Buffer.from(text) }))
  const memory = padding > 0 ? [{ name: 'Memory/fragment.bin', source: noiseSource(record.id, padding) }] : []
  return {
    bytes: zipSource([...entries, ...memory]),
    type: 'application/zip',
    fileName: `InvestigationPackage_${host}.zip`,
  }
}

function parameter({ command }: WireCommand, key: string): string {
  return command.params.find(param => param.key === key)?.value ?? ''
}

/** What a script printed, as recorded: a transcript line first, and NUL characters at the end. */
function scriptResult(command: WireCommand, exitCode: number): DownloadContent {
  const name = parameter(command, 'ScriptName')
  const output = `Transcript started, output file is C:\\ProgramData\\Temp\\PSScriptOutputs\\PSScript_Transcript.txt\r\n${name} ${parameter(command, 'Args')}\r\ndone\r\n\u0000\u0000`
  const result = {
    script_name: name,
    exit_code: exitCode,
    script_output: output,
    script_errors: exitCode === 0 ? '' : `${name} ended with ${exitCode}`,
  }
  return {
    bytes: bufferSource(Buffer.from(JSON.stringify(result))),
    type: 'application/json',
    fileName: `${name}.json`,
  }
}

/** What a live response command left behind; undefined for PutFile, which leaves nothing. */
export function commandResult(record: StoredAction, command: WireCommand): DownloadContent | undefined {
  if (command.command.type === 'RunScript') return scriptResult(command, record.exitCode)
  if (command.command.type !== 'GetFile') return undefined
  const path = parameter(command, 'Path')
  const fileName = `${path.split(/[\\/]/).at(-1)}.gz`
  return { bytes: bufferSource(gzipSync(`contents of ${path}\n`)), type: 'application/gzip', fileName }
}
