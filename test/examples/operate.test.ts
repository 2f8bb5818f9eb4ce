import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { watch } from '../../src/cli/commands/watch.ts'
import { ROOT } from '../house/source-files.ts'

const FOLDER = join(ROOT, 'examples/operate')
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')
const options = new Set(watch.options.map(({ name }) => `--${name}`))

/** The options that a command line of `watch` names. */
function optionsOf(words: readonly string[]): readonly string[] {
  return words.filter(word => word.startsWith('--'))
}

test('every file there is tried by a test', () => {
  expect(readdirSync(FOLDER).sort()).toStrictEqual([
    'github-schedule.yml',
    'holdfast-watch.service',
    'kubernetes-deployment.yaml',
  ])
})

describe('the unit of systemd', () => {
  const unit = read('holdfast-watch.service')
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

  test('runs watch with options that it has', () => {
    const [program, command, ...words] = value('ExecStart').split(' ')
    expect([program, command]).toStrictEqual(['/usr/local/bin/holdfast', 'watch'])
    expect(optionsOf(words).filter(word => !options.has(word))).toStrictEqual([])
  })

  test('leaves an apply the time that a signal gives it, and asks for one time zone', () => {
    expect(value('TimeoutStopSec')).toBe('15s')
    expect(unit).toContain('Environment=TZ=UTC')
  })

  test('has keys of sections that systemd knows, each in its section', () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      Unit: ['Description', 'Documentation', 'After', 'Wants'],
      Service: [
        ...['Type', 'ExecStart', 'WorkingDirectory', 'EnvironmentFile', 'Environment', 'StateDirectory'],
        ...['DynamicUser', 'ProtectSystem', 'ProtectHome', 'PrivateTmp', 'NoNewPrivileges', 'Restart'],
        ...['RestartSec', 'TimeoutStopSec'],
      ],
      Install: ['WantedBy'],
    }
    let section = ''
    const odd: string[] = []
    for (const line of unit.split('\n').filter(text => text !== '' && !text.startsWith('#'))) {
      const heading = /^\[(\w+)\]$/.exec(line)?.[1]
      if (heading !== undefined) section = heading
      else if (!known[section]?.includes(line.split('=', 1)[0] ?? '')) odd.push(`${section}: ${line}`)
    }
    expect(odd).toStrictEqual([])
  })
})

test('the Deployment runs watch with options that it has, on a port that is probed', () => {
  const { spec } = parse(read('kubernetes-deployment.yaml'))
  const { spec: pod, metadata } = spec.template
  const [{ args, ports, livenessProbe, volumeMounts }] = pod.containers
  expect(args[0]).toBe('watch')
  expect(optionsOf(args).filter(word => !options.has(word))).toStrictEqual([])
  expect(args.join(' ')).toContain(`:${ports[0].containerPort}`)
  expect([livenessProbe.httpGet.path, livenessProbe.httpGet.port]).toStrictEqual(['/healthz', ports[0].name])
  expect(metadata.labels).toMatchObject(spec.selector.matchLabels)
  const volumes = pod.volumes.map(({ name }: { readonly name: string }) => name)
  expect(volumeMounts.map(({ name }: { readonly name: string }) => name)).toStrictEqual(volumes)
})

test('the schedule of GitHub is a whole cron line, may sign in, and hands signals to the command itself', () => {
  const workflow = parse(read('github-schedule.yml'))
  const [{ cron }] = workflow.on.schedule
  const [minute, ...rest] = cron.split(' ')
  expect(rest).toHaveLength(4)
  expect(Number(minute)).toBeLessThan(60)
  expect(workflow.permissions['id-token']).toBe('write')
  const { run } = workflow.jobs.renew.steps.at(-1)
  expect(run).toBe('exec npx --no-install holdfast apply --renewals')
})
