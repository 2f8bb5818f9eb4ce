import { Failure } from '../../local/failure.ts'
import { canonicalJson } from '../../plan/document/digest.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { Declared } from '../../plan/judge/still-asked.ts'
import type { CommandContext } from '../command.ts'
import { type Declaration, loadDeclaration, requireValid } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'

/** Codes of a declaration that is not there, as opposed to one that is wrong. */
const NOT_THERE: readonly string[] = ['configuration-not-found', 'path-matches-nothing', 'file-not-read']

/**
 * Reads the declaration as it is now, for a plan that was made earlier: from the configuration, and without one from the
 * files that the plan was made from.
 *
 * @throws Failure `declaration-missing` where it is not there, and what {@link requireValid} throws.
 */
export async function readDeclared(plan: Plan, context: CommandContext): Promise<Declared> {
  const declaration = requireValid(await load(plan, context))
  const { policies, files } = declaration
  return { policies, hasMoved: canonicalJson(files) !== canonicalJson(plan.source.files) }
}

async function load(plan: Plan, { io, flags }: CommandContext): Promise<Declaration> {
  const place = { cwd: io.cwd, config: flags.text('config') }
  const paths = Object.keys(plan.source.files).filter(path => /\.ya?ml$/.test(path))
  try {
    return await loadDeclaration({ ...place, paths: [] })
  } catch (error) {
    if (!isNotThere(error)) throw error
    if (place.config === undefined && paths.length > 0) {
      return loadDeclaration({ ...place, paths }).catch((again: unknown) => {
        throw isNotThere(again) ? missing(again.message) : again
      })
    }
    throw missing(error.message)
  }
}

function isNotThere(error: unknown): error is Failure {
  return error instanceof Failure && NOT_THERE.includes(error.code)
}

function missing(what: string): Failure {
  return fail(
    'declaration-missing',
    `A saved plan is held against the declaration as it is now, and that is not here: ${what}`,
  )
}
