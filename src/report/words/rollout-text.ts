import type { ApplyResult, RolloutResult } from '../../apply/result.ts'
import type { Plan, PlannedRollout } from '../../plan/document/document.ts'
import { counted, joined } from './words.ts'

/** When a wave stops everything: `stops when 20% of a wave fail or fall silent`; empty without a rule. */
function stopText({ failed, silent }: PlannedRollout['stopWhen']): string {
  const of = (amount: string): string =>
    amount.endsWith('%') ? `${amount} of a wave` : `${counted(Number(amount), 'machine')} of a wave`
  if (failed !== undefined && failed === silent) return `stops when ${of(failed)} fail or fall silent`
  const rules = [
    failed === undefined ? '' : `${of(failed)} fail`,
    silent === undefined ? '' : `${of(silent)} fall silent`,
  ]
  return joined(rules, ' or ').replace(/^(?=.)/, 'stops when ')
}

/**
 * Says in which waves a plan goes: `In 3 waves: 1, 12, 107 machines; stops when 20% of a wave fail or fall silent.`
 *
 * @returns Empty where everything goes at once and nothing stops it, since then there is nothing to say.
 */
export function rolloutSentence({ rollout }: Pick<Plan, 'rollout'>): string {
  if (rollout === undefined) return ''
  const { waves, stopWhen } = rollout
  const [only = 0, ...others] = waves
  const sizes =
    others.length === 0
      ? `All ${counted(only, 'machine')} at once`
      : `In ${waves.length} waves: ${waves.join(', ')} machines`
  return `${joined([sizes, stopText(stopWhen) || 'nothing stops it'], '; ')}.`
}

const STATES: Readonly<Record<RolloutResult['waves'][number]['state'], string>> = {
  ended: 'ended',
  stopped: 'stopped the apply',
  open: 'had not ended when the run did',
  'not-started': 'not started',
}

/** How each wave went, a line each: `Wave 1 of 3 (1 machine): stopped the apply, 1 failed.` */
export function waveLines({ rollout, skippedWaves, reason }: ApplyResult): readonly string[] {
  const skipped =
    skippedWaves === undefined
      ? []
      : [
          `Waves skipped with --no-waves: ${skippedWaves.join(', ')} machines, and the stop rules${reason === undefined ? '' : ` (${reason})`}.`,
        ]
  const waves = rollout?.waves ?? []
  return [
    ...skipped,
    ...waves.map(({ machines, state, failed, silent }, place) => {
      const counts = joined([failed > 0 && `${failed} failed`, silent > 0 && `${silent} fell silent`])
      const facts = joined([STATES[state], counts])
      return `Wave ${place + 1} of ${waves.length} (${counted(machines, 'machine')}): ${facts}.`
    }),
  ]
}

/** Whether a stop rule ended the apply, so that the same command would only come to the same stop. */
export function isStoppedByWave({ rollout }: Pick<ApplyResult, 'rollout'>): boolean {
  return rollout?.waves.some(({ state }) => state === 'stopped') ?? false
}
