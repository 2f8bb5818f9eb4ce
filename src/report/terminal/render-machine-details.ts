import type { ActionDocument } from '../documents/action-document.ts'
import type { HeldDocument, MachineDocument, MachinesDocument } from '../documents/machine-document.ts'
import { isHeld } from '../documents/machine-document.ts'
import { safeName } from '../words/machine-label.ts'
import { flightWords, heldWords, runWords, uncertainWords } from '../words/posture-words.ts'
import { joined, shownTime } from '../words/words.ts'
import { type Detail, renderBlock } from './detail-block.ts'
import { historyDetail } from './render-action-details.ts'
import type { Style } from './style.ts'

/** One machine with the actions that its posture was told from, the newest first. */
export interface DetailedMachine extends MachineDocument {
  readonly actions: readonly ActionDocument[]
  /** How many older ones there are. */
  readonly olderActions: number
}

/** The document of `machines show`. */
export interface MachineDetailsDocument extends Omit<MachinesDocument, 'machines' | 'summary' | 'complete'> {
  readonly machines: readonly DetailedMachine[]
}

function heldDetail(word: 'isolated' | 'restricted', held: HeldDocument, assumed: boolean): string {
  const nothing = assumed ? 'none (assumed: the look-back holds no action of this machine)' : 'none'
  return joined([isHeld(held) ? heldWords(word, held) : nothing, uncertainWords(held)], '; ')
}

function recordDetails(machine: MachineDocument): readonly Detail[] {
  const { lastSeen, firstSeen } = machine
  return [
    ['id', machine.id],
    ['record', machine.hasRecord ? null : 'the service lists none any more'],
    ['merged into', machine.mergedIntoMachineId],
    ['system', joined([machine.osPlatform, machine.version], ' ')],
    ['agent', machine.agentVersion],
    ['health', machine.healthStatus],
    ['onboarding', machine.onboardingStatus],
    ['last seen', lastSeen === null ? null : shownTime(lastSeen)],
    ['first seen', firstSeen === null ? null : shownTime(firstSeen)],
    ['risk', machine.riskScore],
    ['exposure', machine.exposureLevel],
    ['value', machine.deviceValue],
    ['device group', machine.rbacGroupName],
    ['Entra device', machine.aadDeviceId],
    ['tags', machine.tags.join(', ')],
  ]
}

function renderMachine(machine: DetailedMachine, style: Style): string {
  const { posture, actions, olderActions } = machine
  const { isolated, restricted, inFlight, runs, assumed } = posture
  const state: readonly Detail[] = [
    ['isolation', heldDetail('isolated', isolated, assumed)],
    ['restriction', heldDetail('restricted', restricted, assumed)],
    ...inFlight.map((flight): Detail => ['in flight', flightWords(flight)]),
    ...runs.map((run): Detail => ['done', runWords(run)]),
  ]
  const older = olderActions === 0 ? '' : `, and ${olderActions} older, --limit shows more`
  const blocks = [
    renderBlock(safeName(machine.dnsName ?? machine.id), recordDetails(machine), style),
    renderBlock('Posture', state, style),
  ]
  if (actions.length > 0) {
    const heading = `Actions (newest ${actions.length}${older})`
    blocks.push(renderBlock(heading, actions.map(historyDetail), style))
  }
  return blocks.join('')
}

/** Writes records, posture and history of machines for people. Ends with a newline. */
export function renderMachineDetails({ machines }: MachineDetailsDocument, style: Style): string {
  return machines.map(machine => renderMachine(machine, style)).join('\n')
}
