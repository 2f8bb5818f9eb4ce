import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkout's root. */
export const ROOT: string = join(import.meta.dirname, '../..')

export interface TextFile {
  /** Relative to the root, `/` as separator. */
  readonly path: string
  readonly text: string
}

/** Reads the files below a folder of the checkout that end in one of the endings, generated code left out; sorted. */
export function readFilesBelow(folder: string, ...endings: readonly string[]): readonly TextFile[] {
  return listBelow(folder)
    .filter(path => endings.some(ending => path.endsWith(ending)) && !isGenerated(path))
    .map(readTextFile)
}

/** Reads the sources that the build generates. */
export function readGeneratedFiles(): readonly TextFile[] {
  return listBelow('src')
    .filter(path => path.endsWith('.ts') && isGenerated(path))
    .map(readTextFile)
}

function listBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .sort()
}

function isGenerated(path: string): boolean {
  return path.split('/').includes('generated')
}

function readTextFile(path: string): TextFile {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') }
}

/** The room of a source file: `src/plan/document/digest.ts` is in `plan`, `src/index.ts` in none. */
export function roomOf(path: string): string {
  const [, room = '', ...rest] = path.split('/')
  return rest.length > 0 ? room : ''
}

/** The text of a source file with comments blanked out, line by line, so that prose does not count as code. */
export function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' '))
    .replace(/^\s*\/\/.*$/gm, '')
}
