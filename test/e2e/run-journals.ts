import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nameTarget } from '../../src/local/state-directory.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { sealPlan } from '../../src/plan/document/plan-file.ts'
import type { Tenant } from './emulated-tenant.ts'

/** The plan of {@link leaveJournal}. */
export const LEFT_PLAN = `sha256:${'4f1c09ab'.repeat(8)}`

/** Where journals, kept plans and the lease of a tenant are. */
export function stateFolderOf({ folder, url }: Pick<Tenant, 'folder' | 'url'>): string {
  return join(folder, '.state', 'holdfast', nameTarget({ endpoint: url, tenantId: null }))
}

/** Puts the journal of a run there that has two changes, sent one and wrote no end. */
export async function leaveJournal(tenant: Tenant, process: object | undefined): Promise<void> {
  const folder = stateFolderOf(tenant)
  await mkdir(folder, { recursive: true })
  const common = { at: '2026-11-20T10:00:00Z', runId: 'run-00001', planId: LEFT_PLAN }
  const entries = [
    { event: 'run-started', ...common, changes: 2, process },
    { event: 'intent', ...common, address: 'm1/isolated', request: 0 },
  ]
  const text = entries.map(entry => `${JSON.stringify(entry)}\n`).join('')
  await writeFile(join(folder, `20261120T100000Z-${'4f1c09ab'.repeat(2)}-00000001.jsonl`), text)
}

/** Reads every plan that is kept. */
export async function keptPlans(tenant: Tenant): Promise<readonly { path: string; plan: Plan }[]> {
  const folder = stateFolderOf(tenant)
  const names = (await readdir(folder)).filter(name => name.endsWith('.plan')).sort()
  return Promise.all(
    names.map(async name => {
      const path = join(folder, name)
      return { path, plan: JSON.parse(await readFile(path, 'utf8')) as Plan }
    }),
  )
}

/** Changes a kept plan, and seals it again as its maker would. */
export async function rewriteKeptPlan(tenant: Tenant, over: Partial<Plan>): Promise<void> {
  for (const { path, plan } of await keptPlans(tenant)) {
    await writeFile(path, JSON.stringify(sealPlan({ ...plan, ...over })))
  }
}
