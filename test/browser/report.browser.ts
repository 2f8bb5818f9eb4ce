import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { comparePlans } from '../../src/analysis/compare/compare-plans.ts'
import { renderDriftHtml } from '../../src/report/html/render-drift-html.ts'
import { renderPlanHtml } from '../../src/report/html/render-plan-html.ts'
import { renderResultHtml } from '../../src/report/html/render-result-html.ts'
import { renderTimelineHtml } from '../../src/report/html/render-timeline-html.ts'
import { drift, drifted, plan } from '../report/sample-plan.ts'
import { outcome, result } from '../report/sample-result.ts'
import { ACT, BAND, HELD, lane, timeline } from '../report/sample-timeline.ts'
import { type Browser, type BrowserPage, startBrowser } from './devtools.ts'
import { HOSTILE_NAMES, largePlan } from './large-plan.ts'

/** Where pictures go to be looked at; none are taken without it. */
const PICTURES = process.env['HOLDFAST_PICTURES']

const small = largePlan(40)
const troubled = result(
  small.changes.map(({ address, machine }, at) =>
    outcome(at, {
      address,
      dnsName: machine.dnsName,
      ...(at === 3 ? { outcome: 'failed', code: 'device-refused', detail: 'The device is busy.' } : {}),
    }),
  ),
  { notContained: ['ws-00004.contoso.com'], exit: { code: 5, name: 'partial' } },
)
const history = timeline(
  lane({ holds: [HELD], marks: [ACT, { ...ACT, status: 'Failed' }], declared: [BAND] }),
  lane({ facet: 'scanned', marks: [{ ...ACT, type: 'RunAntiVirusScan', effect: 'run' }] }),
)
const PAGES: Readonly<Record<string, string>> = {
  plan: renderPlanHtml(small),
  drift: renderDriftHtml(
    drifted({ drift: [drift(1), drift(2, { kind: 'reverted' }), drift(3, { kind: 'stuck' })] }),
  ),
  result: renderResultHtml(troubled, small),
  converged: renderPlanHtml(plan()),
  compared: renderPlanHtml({
    ...small,
    comparison: comparePlans(
      plan({
        changes: small.changes.slice(0, 9).map(change => ({ ...change, after: HOSTILE_NAMES[0] ?? '' })),
      }),
      small,
      { revision: HOSTILE_NAMES[1] ?? '', commit: 'a1b2c3', policies: 1 },
    ),
  }),
  timeline: renderTimelineHtml(history),
  histories: renderPlanHtml(small, {
    timelines: new Map(small.changes.map(({ machine }) => [machine.id, { ...history, machine }])),
  }).replaceAll('<details>', '<details open>'),
}

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-pages-'))
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  await rm(folder, { recursive: true, force: true })
})

/** Opens a text as a page from a file, with everything recorded that it does. */
async function open(text: string, scripted = true): Promise<BrowserPage> {
  const file = join(folder, `${Math.random()}.html`)
  await writeFile(file, text)
  const page = await browser.openPage()
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`)
  await page.send('Emulation.setScriptExecutionDisabled', { value: !scripted })
  const loaded = page.next('Page.loadEventFired')
  await page.send('Page.navigate', { url: pathToFileURL(file).href })
  await loaded
  return page
}

async function picture(page: BrowserPage, name: string, width: number, scheme: string): Promise<void> {
  if (PICTURES === undefined) return
  await mkdir(PICTURES, { recursive: true })
  await page.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: scheme }],
  })
  const shot = await page.send<{ data: string }>('Page.captureScreenshot')
  await writeFile(join(PICTURES, `${name}-${width}-${scheme}.png`), Buffer.from(shot.data, 'base64'))
}

/** The rules of axe-core (WCAG 2.2 A and AA, and its best practices) that a page breaks, with the places. */
async function objections(page: BrowserPage): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  return page.evaluate<readonly string[]>(
    `axe.run().then(({ violations }) => violations.map(({ id }) => id))`,
  )
}

const SHOWN = `[...document.querySelectorAll('#machines tbody tr')].filter(row => row.offsetHeight > 0).length`
const typed = (text: string): string =>
  `{ const filter = document.getElementById('filter'); filter.value = ${JSON.stringify(text)}; filter.dispatchEvent(new Event('input')) }`

describe.each(Object.entries(PAGES))('the page of %s', (name, text) => {
  test('runs its script and style, asks for nothing else and reports no error', async () => {
    const page = await open(text)
    expect(await page.evaluate(`document.querySelectorAll('thead button').length > 0`)).toBe(
      name !== 'converged' && name !== 'timeline',
    )
    expect(await page.evaluate(`getComputedStyle(document.body).marginTop`)).toBe('0px')
    expect(page.seen('Network.requestWillBeSent')).toHaveLength(1)
    expect(page.seen('Log.entryAdded')).toStrictEqual([])
    expect(page.seen('Runtime.exceptionThrown')).toStrictEqual([])
    expect(page.seen('Runtime.consoleAPICalled')).toStrictEqual([])
  })

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [375, 'light'],
    [375, 'dark'],
  ] as const)('never scrolls sideways: %d pixels wide, %s', async (width, scheme) => {
    const page = await open(text)
    const metrics = { width, height: 1000, deviceScaleFactor: 1, mobile: width < 500 }
    await page.send('Emulation.setDeviceMetricsOverride', metrics)
    await picture(page, name, width, scheme)
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(width)
  })

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [375, 'light'],
  ] as const)('has nothing that axe-core objects to: %d pixels wide, %s', async (width, scheme) => {
    const page = await open(text)
    const metrics = { width, height: 1000, deviceScaleFactor: 1, mobile: width < 500 }
    await page.send('Emulation.setDeviceMetricsOverride', metrics)
    await page.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    })
    expect(await objections(page)).toStrictEqual([])
  })
})

test('axe-core is asked in earnest: it objects to a page with faults', async () => {
  const faulty = (PAGES['plan'] ?? '')
    .replace('<main>', '<main><img src="data:,"><p class="faulty">x</p>')
    .replace('</style>', '.faulty { color: #999; background: #aaa }</style>')
  expect(await objections(await open(faulty))).toContain('image-alt')
})

describe('hostile names', () => {
  test.each(['plan', 'compared'])(
    'of a page of kind %s run nothing and add no element, and are shown',
    async kind => {
      const page = await open(PAGES[kind] ?? '')
      await page.evaluate(
        `document.querySelectorAll('*').forEach(one => one.dispatchEvent(new Event('mouseover')))`,
      )
      expect(await page.evaluate(`typeof window.pwned`)).toBe('undefined')
      expect(await page.evaluate(`document.querySelectorAll('img, iframe, a, form, object').length`)).toBe(0)
      expect(await page.evaluate(`document.scripts.length`)).toBe(1)
      const text = await page.evaluate<string>(`document.body.textContent`)
      for (const name of HOSTILE_NAMES.slice(0, 7)) expect(text).toContain(name.replaceAll('"', '\\"'))
      expect(text).toContain('a\\u{202e}gnp.exe\\u{0}\\u{1b}[31m')
    },
  )

  test('a script and a style that get into the page all the same are not run', async () => {
    const forced = (PAGES['plan'] ?? '').replace(
      '<main>',
      '<main><script>window.pwned = 1</script><b id="b" style="color: red" onclick="window.pwned = 1">b</b><img src="https://example.invalid/x">',
    )
    const page = await open(forced)
    await page.evaluate(`document.getElementById('b').click()`)
    expect(await page.evaluate(`typeof window.pwned`)).toBe('undefined')
    expect(await page.evaluate(`getComputedStyle(document.getElementById('b')).color`)).not.toBe(
      'rgb(255, 0, 0)',
    )
    expect(page.seen('Network.responseReceived')).toHaveLength(1)
  })
})

describe('filter and sort', () => {
  test('words and kinds narrow the rows, and the count says so', async () => {
    const page = await open(PAGES['plan'] ?? '')
    const all = await page.evaluate<number>(SHOWN)
    await page.evaluate(typed('ws-0001 ISOLATED'))
    expect(await page.evaluate(SHOWN)).toBeGreaterThan(0)
    expect(await page.evaluate(SHOWN)).toBeLessThan(all)
    await page.evaluate(typed(''))
    await page.evaluate(`document.querySelector('[data-key=blocked]').click()`)
    expect(await page.evaluate(SHOWN)).toBe(3)
    expect(await page.evaluate(`document.getElementById('shown').textContent`)).toBe(`3 of ${all} machines`)
    await page.evaluate(`document.querySelector('[data-key=blocked]').click()`)
    expect(await page.evaluate(SHOWN)).toBe(all)
  })

  test('a column sorts up, then down, then not at all', async () => {
    const page = await open(PAGES['plan'] ?? '')
    const names = `[...document.querySelectorAll('#machines .name')].map(one => one.textContent)`
    const before = await page.evaluate<string[]>(names)
    const press = `document.querySelector('thead button').click()`
    const state = `document.querySelector('thead th').getAttribute('aria-sort')`
    await page.evaluate(press)
    const up = await page.evaluate<string[]>(names)
    expect(await page.evaluate(state)).toBe('ascending')
    expect(up).not.toStrictEqual(before)
    await page.evaluate(press)
    expect(await page.evaluate(state)).toBe('descending')
    expect((await page.evaluate<string[]>(names))[0]).toBe(up.at(-1))
    await page.evaluate(press)
    expect(await page.evaluate(state)).toBe(null)
    expect(await page.evaluate(names)).toStrictEqual(before)
  })

  test('without the script every row is there, and nothing that only the script could answer', async () => {
    const page = await open(PAGES['plan'] ?? '', false)
    await page.send('DOM.enable')
    const { root } = await page.send<{ root: { nodeId: number } }>('DOM.getDocument')
    const { nodeIds } = await page.send<{ nodeIds: readonly number[] }>('DOM.querySelectorAll', {
      nodeId: root.nodeId,
      selector: '#machines tbody tr:not([hidden])',
    })
    expect(nodeIds).toHaveLength(small.changes.length + 3 + 1 + 2)
    const controls = await page.send<{ nodeIds: readonly number[] }>('DOM.querySelectorAll', {
      nodeId: root.nodeId,
      selector: '#controls[hidden]',
    })
    expect(controls.nodeIds).toHaveLength(1)
  })

  test('paper gets every row and no controls', async () => {
    const page = await open(PAGES['plan'] ?? '')
    await page.send('Emulation.setEmulatedMedia', { media: 'print' })
    expect(await page.evaluate(`document.getElementById('controls').offsetHeight`)).toBe(0)
    const { data } = await page.send<{ data: string }>('Page.printToPDF')
    expect(Buffer.from(data, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
  })
})

test('ten thousand machines open in under two seconds and filter in under 100 ms', async () => {
  const text = renderPlanHtml(largePlan(10_000))
  const openings: number[] = []
  let page = await open(text)
  // The best of three: what else the machine does at the moment is not what is measured.
  for (let round = 0; round < 3; round += 1) {
    page = await open(text)
    openings.push(await page.evaluate<number>(`performance.getEntriesByType('navigation')[0].loadEventStart`))
  }
  const opened = Math.min(...openings)
  const timed = (action: string): string =>
    `new Promise(done => { const begin = performance.now(); ${action}; requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin))) })`
  const times: number[] = []
  for (const words of ['ws-00', 'macos isolated', 'nothing at all', '']) {
    const tries: number[] = []
    for (let round = 0; round < 3; round += 1) {
      await page.evaluate(typed('hr'))
      tries.push(await page.evaluate<number>(timed(typed(words))))
    }
    times.push(Math.min(...tries))
  }
  process.stdout.write(
    `opened in ${Math.round(opened)} ms, filtered in ${times.map(Math.round).join(', ')} ms\n`,
  )
  expect(opened).toBeLessThan(2000)
  expect(Math.max(...times)).toBeLessThan(100)
})
