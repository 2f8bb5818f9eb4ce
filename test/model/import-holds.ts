import { undeclaredHolds } from '../../src/authoring/import-holds.ts'
import { draftImport } from '../../src/cli/authoring/draft-import.ts'
import { examinePosture } from '../../src/plan/assemble/create-plan.ts'
import { addMs } from '../../src/schema/instant.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import type { Policy } from '../../src/schema/policy.ts'
import type { World } from './world.ts'

/** Gives the policies that an import writes for what is held now and declared by nobody. */
export async function importHolds(world: World): Promise<readonly Policy[]> {
  const input = await world.tenant.clock.drive(world.input('import', {}))
  const findings = examinePosture(input)
  const terms = { reason: 'found on adoption', owner: undefined, expires: addMs(input.now, 7 * 86_400_000) }
  const { files } = draftImport(undeclaredHolds(findings), findings, terms)
  return files.flatMap(({ group, text }) => parsePolicyFile({ path: `${group.name}.yaml`, text }).policies)
}
