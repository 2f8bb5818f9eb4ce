import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

const PROGRAM = join(ROOT, 'bin/holdfast.js')
/** Modules of ours that a command may load before it can answer; what they cost in time is measured by `npm run bench`. */
const MOST_FOR_VERSION = 15

/** Registers a hook that writes down the file of every module that is loaded, also of packages. */
const RECORDER = `
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env.LOADED_FILES, url + '\\n')
    return nextLoad(url, context)
  },
})
`

describe('start-up', () => {
  let folder: string
  let recorder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-start-'))
    recorder = join(folder, 'recorder.mjs')
    writeFileSync(recorder, RECORDER)
    writeFileSync(
      join(folder, 'policy.yaml'),
      'version: 1\npolicy: p\nreason: r\nmachines: [{ tag: t }]\nstate: { isolated: full }\n',
    )
    writeFileSync(
      join(folder, 'failure.json'),
      '{"formatVersion":"1.0","exit":{"code":1,"name":"error"},"error":{"code":"c","message":"m"},"diagnostics":[]}',
    )
    writeFileSync(
      join(folder, 'scenario.yaml'),
      'version: 1\nmachines: [{ computerDnsName: a.contoso.com, machineTags: [t] }]\n',
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('an old Node is told in one line which one is needed, before anything is imported', () => {
    const old =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })"
    const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, PROGRAM, '--version']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect({ status, stdout, lines: stderr.trim().split('\n').length }).toStrictEqual({
      status: 1,
      stdout: '',
      lines: 1,
    })
    expect(stderr).toMatch(/Node\.js 22\.19 or newer and this is 20\.20\.2/)
  })

  /** Files that were loaded by a run. */
  function filesLoaded(args: readonly string[]): readonly string[] {
    const list = join(folder, 'loaded.txt')
    writeFileSync(list, '')
    spawnSync(process.execPath, ['--import', pathToFileURL(recorder).href, PROGRAM, ...args], {
      cwd: folder,
      env: { ...process.env, LOADED_FILES: list, CI: 'true', HOLDFAST_TOKEN: '', XDG_STATE_HOME: folder },
      stdio: 'ignore',
    })
    const files = readFileSync(list, 'utf8').trim().split('\n')
    expect(files.some(file => file.endsWith('/dist/cli/entry.js'))).toBe(true)
    return files
  }

  /** Packages whose files were loaded by a run. */
  function packagesLoaded(args: readonly string[]): ReadonlySet<string> {
    const files = filesLoaded(args)
    return new Set(files.flatMap(file => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))
  }

  test('holdfast --version loads a handful of modules', () => {
    const ours = filesLoaded(['--version']).filter(file => file.includes('/dist/'))
    expect(ours.length, ours.join('\n')).toBeLessThanOrEqual(MOST_FOR_VERSION)
  })

  test('the recorder sees packages: help loads commander', () => {
    expect(packagesLoaded(['--help'])).toContain('commander')
  })

  test.each<[readonly string[], readonly string[]]>([
    [['--version'], ['commander', 'yaml', 'undici', '@azure/identity', '@octokit/request']],
    [['--help'], ['yaml', 'undici', '@azure/identity', 'diff', 'log-update']],
    [
      ['schema', 'policy'],
      ['yaml', 'undici', '@azure/identity'],
    ],
    [
      ['validate', 'policy.yaml'],
      ['undici', '@azure/identity', 'diff', 'log-update'],
    ],
    [
      ['plan', 'policy.yaml', '--emulate', 'scenario.yaml'],
      ['@azure/identity', 'log-update', '@octokit/request'],
    ],
    [
      ['plan', 'policy.yaml', '--endpoint', 'http://127.0.0.1:9'],
      ['diff', 'log-update'],
    ],
    [
      ['publish', 'github', 'failure.json'],
      ['yaml', 'undici', '@azure/identity', '@octokit/request', 'diff', 'log-update'],
    ],
  ])('%j loads nothing of %j', (args, unwanted) => {
    const loaded = packagesLoaded(args)
    expect(unwanted.filter(name => loaded.has(name))).toStrictEqual([])
  })
})
