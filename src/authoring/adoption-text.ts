import { createTwoFilesPatch } from 'diff'
import { escapeTerminal } from '../report/terminal/escape-terminal.ts'
import { layOut, span } from '../report/terminal/lay-out.ts'
import type { Style } from '../report/terminal/style.ts'
import { safeName } from '../report/words/machine-label.ts'
import { counted } from '../report/words/words.ts'
import type { Exclusion } from './adopt-holds.ts'
import type { LeftOut } from './import-holds.ts'

/** One file of a patch; `before` is null for a file that is not there yet. */
export interface PatchedFile {
  /** Relative to the top of the repository, which `git apply` reads it from in every folder; in none, to the folder. */
  readonly path: string
  readonly before: string | null
  readonly after: string
}

/**
 * Where a patch can be applied: in the folder that the command ran in by anything; there by `git apply` alone, since the
 * paths are those of a repository around it; or at the top of that repository only, since `git apply` passes over
 * whatever is outside of the folder that it runs in.
 */
export type PatchReach = 'here' | 'here-by-git' | 'top'

const APPLY: Readonly<Record<PatchReach, string>> = {
  here: 'Apply it here with `git apply` or `patch -p1`',
  'here-by-git': 'Apply it with `git apply` here, or with `patch -p1` at the top of the repository',
  top: 'Apply it with `git apply` or `patch -p1` at the top of the repository, not here: here git apply skips files without a word',
}

/**
 * Says where a patch can be applied.
 *
 * @param prefix - Of the folder in its repository, with a `/` at its end; empty at the top or in none.
 */
export function patchReach(files: readonly PatchedFile[], prefix: string): PatchReach {
  if (prefix === '') return 'here'
  return files.every(({ path }) => path.startsWith(prefix)) ? 'here-by-git' : 'top'
}

/** Ends a name as git does: one with a space has a tab behind it, without which `patch` reads it to the space. */
function endName(name: string): string {
  return /\s/.test(name) ? `${name}\t` : name
}

/** Writes files as one unified patch, for `git apply` or `patch -p1`; empty for none. */
export function adoptionPatch(files: readonly PatchedFile[]): string {
  return files
    .map(({ path, before, after }) => {
      const from = before === null ? '/dev/null' : `a/${path}`
      const patch = createTwoFilesPatch(from, `b/${path}`, before ?? '', after, '', '')
      const hunks = patch.slice(patch.indexOf('\n@@') + 1)
      const mode = before === null ? 'new file mode 100644\n' : ''
      return `diff --git a/${path} b/${path}\n${mode}--- ${endName(from)}\n+++ ${endName(`b/${path}`)}\n${hunks}`
    })
    .join('')
}

/** What a policy asks of a machine beside holds, and no longer does once the machine has left it. */
function lostOf({ policy }: Exclusion): readonly string[] {
  return Object.keys(policy.state).filter(facet => facet !== 'isolated' && facet !== 'restricted')
}

/** What people are told beside the patch: what is declared, what machines leave, what is left out. Ends with a newline. */
export function renderAdoption(
  adopted: number,
  exclusions: readonly Exclusion[],
  leftOut: readonly LeftOut[],
  reach: PatchReach,
  style: Style,
): string {
  const nameOf = (name: string | null, address: string): string =>
    `${name === null ? '' : `${safeName(name)} `}${escapeTerminal(address)}`
  const leaves = exclusions.map(exclusion => {
    const { machine, address, policy } = exclusion
    const lost = lostOf(exclusion)
    const also = lost.length === 0 ? '' : `, which asked for ${lost.join(', ')} too`
    const text = `${nameOf(machine.computerDnsName, address)} from ${policy.name}${also}`
    return layOut({ lead: [span('leaves ')], body: [span(text)] }, style)
  })
  const left = leftOut.map(({ address, dnsName, why }) =>
    layOut({ lead: [span('left   ')], body: [span(`${nameOf(dnsName, address)}: ${why}`)] }, style),
  )
  const end =
    adopted === 0
      ? 'Nothing to adopt: nobody else holds what is not declared so.'
      : `The patch declares ${counted(adopted, 'hold')} of others. ${APPLY[reach]}. Then run holdfast plan.`
  return `${[...leaves, ...left, layOut({ body: [span(end)] }, style)].join('\n')}\n`
}
