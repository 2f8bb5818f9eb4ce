import { type HoldPosture, type Lapse, unprovenLapse } from '../../posture/fold-hold.ts'
import { policyNamed } from '../../posture/marker.ts'
import type { DirectedAction } from '../../posture/walk-hold.ts'
import { displayInstant, formatInstant, type Instant } from '../../schema/instant.ts'
import type { HoldClaim } from '../claim/claim.ts'
import type { Note } from '../document/document.ts'
import { attribute } from './attribution.ts'

/** What is to be known about a hold that is as declared, and that will end. */
export function endingNotes(claim: HoldClaim, posture: HoldPosture): readonly Note[] {
  const { until, couldEndAt, imposes } = posture
  if (until === null || claim.level === 'none') return []
  const names = new Set(claim.contributors.map(({ policy }) => policy.name))
  const isCarried = imposes.some(
    ({ action: { requestorComment }, own }) => own && names.has(String(policyNamed(requestorComment))),
  )
  const notes: Note[] = []
  if (!isCarried) notes.push(endsWithTheirs(posture, until))
  if (couldEndAt !== null) {
    notes.push({
      code: 'until-uncertain',
      message: `the isolation was long on its way: the service ends it between ${displayInstant(couldEndAt)} and ${displayInstant(until)}, depending on what it counts from. Look again at the earlier time.`,
    })
  }
  return notes
}

function endsWithTheirs({ imposes }: HoldPosture, until: Instant): Note {
  const { action } = imposes.at(-1) as DirectedAction
  const after = imposes.some(({ own }) => own) ? '' : ' An apply after that imposes it as ours.'
  return {
    code: 'ends-with-theirs',
    message: `what holds is an isolation by ${attribute(action)}, and no policy that declares it now sent one. It ends with that one: by itself at ${displayInstant(until)}, or when whoever sent it ends it.${after}`,
  }
}

/** Says whose hold it was that ended. */
export function heldByOther(lapse: Lapse): Note {
  const { action } = lapse.imposes.at(-1) as DirectedAction
  return {
    code: 'was-held-by-other',
    message: `the isolation by ${attribute(action)} ended by itself at ${formatInstant(lapse.at)}; this one will be ours.`,
  }
}

/** Says why a hold that ended long ago waits until somebody asks for it. */
export function longFreeNote(since: Instant, longFree: string): Note {
  return {
    code: 'long-free',
    message: `the isolation ended by itself at ${formatInstant(since)}, over ${longFree} ago, and the machine has been free since; somebody has to want it isolated again: \`--resubmit ADDR --reason TEXT\`, or \`reassert: true\` in the policy.`,
  }
}

/** Says of a hold that only its time calls free that it may hold all the same. */
export function mayHaveLapsed(posture: HoldPosture): readonly Note[] {
  const { lapsed } = posture
  if (lapsed === null || lapsed.by !== null || lapsed.isObserved) return []
  const what =
    unprovenLapse(posture) === null
      ? 'it is not ours alone, so that it is left'
      : 'a release makes the state known, whatever it is now'
  return [
    {
      code: 'may-have-lapsed',
      message: `the isolation reached its time at ${formatInstant(lapsed.at)} and nothing says that the service ended it; ${what}.`,
    },
  ]
}

/** Says of a hold whose time is over that its device still reports it. */
export function observedNotes({ observed, imposes, until }: HoldPosture): readonly Note[] {
  if (observed?.kind !== 'held') return []
  const { action } = imposes.at(-1) as DirectedAction
  const end = until === null ? 'for as long as it is reported' : `until ${displayInstant(until)}`
  return [
    {
      code: 'observed-held',
      message: `the isolation by ${attribute(action)} is past its time, and the device reported at ${formatInstant(observed.at)} that it still holds; it counts as held ${end}.`,
    },
  ]
}

/** What an impose is warned of where the device denies the hold, or an offboarding or a wrong setting ended it. */
export function endedWarnings(posture: HoldPosture): readonly Note[] {
  const { observed, offboarded, isExtensionWrong } = posture
  const notes: Note[] = []
  if (observed?.kind === 'lost') {
    notes.push({
      code: 'released-off-record',
      message: `the device reported at ${formatInstant(observed.at)} that it is not isolated, and no action released it: somebody freed it without one, such as with the script of the portal. Talk to them before you isolate it again.`,
    })
  }
  if (offboarded !== null) {
    notes.push({
      code: 'ended-by-offboard',
      message: `the hold before ended with the offboarding by ${attribute(offboarded)}.`,
    })
  }
  if (isExtensionWrong) {
    notes.push({
      code: 'extends-wrong',
      message:
        'the service ended the isolation at its first time, although a later one was to move it; set `effects.isolated.extends` to false.',
    })
  }
  return notes
}
