/** Every code that an apply gives to an outcome or a diagnostic of its own, beside the service's and the plan's. */
export const APPLY_CODES = {
  'not-applyable': {
    meaning:
      'The plan was made with an error, an incomplete read or for another time, so nothing may rest on it.',
    wayOut: 'Mend what its diagnostics name, then plan again without --as-of.',
  },
  'guard-failed': {
    meaning: 'A guard of the plan failed and was not overridden.',
    wayOut: 'Narrow the plan with --target, raise the limit, or override that guard by name with a reason.',
  },
  frozen: {
    meaning: 'The configuration, or `holdfast freeze`, freezes every apply while a person works.',
    wayOut:
      'Talk to them; wait until it ends, take `freeze` out of the configuration, or `holdfast freeze --end`.',
  },
  'only-blocked': {
    meaning: 'The plan holds nothing but blocked items, so there is nothing to submit.',
    wayOut: 'Follow the way out of each blocked item, then plan again.',
  },
  expired: {
    meaning: 'The plan is older than it may be, or a policy it rests on has expired.',
    wayOut: 'Plan again.',
  },
  'other-target': {
    meaning: 'The plan was made for another tenant or endpoint.',
    wayOut: 'Apply it with the configuration it was made with, or plan again for this target.',
  },
  moved: {
    meaning: 'What the change rests on is not what it was when the plan was made.',
    wayOut: 'Plan again to see what is needed now, or apply the rest with --skip-moved.',
  },
  stale: {
    meaning: 'Other changes of the plan moved, so nothing of it was submitted.',
    wayOut: 'Plan again, or apply what did not move with --skip-moved.',
  },
  locked: {
    meaning: 'Another apply holds the lease of this tenant.',
    wayOut: 'Wait until it ends; `holdfast unlock` shows who it is.',
  },
  'lease-failed': {
    meaning: 'The lease could not be read or written.',
    wayOut: 'Make the folder of the journal writable, or choose another with --journal.',
  },
  'lease-lost': {
    meaning: 'The lease in the store was lost, or the store was: nothing more was sent.',
    wayOut:
      'The same command again goes on once the store can be reached; `holdfast apply --status` shows who has the lease.',
  },
  'journal-failed': {
    meaning: 'The journal could not be read or written; without it nothing is submitted.',
    wayOut:
      'Make room on the disk, make the folder writable or choose another with --journal, then apply again.',
  },
  'audit-failed': {
    meaning: 'The record of the run could not be written; what cannot be recorded is not submitted.',
    wayOut:
      'Make room on the disk and the state directory (XDG_STATE_HOME) writable, then apply again: the same command resumes.',
  },
  'observe-failed': {
    meaning: 'The machines or their history could not be read, so nothing was submitted.',
    wayOut: 'Mend what the message names, then apply again.',
  },
  'look-failed': {
    meaning: 'The history could not be read again before submitting, so submitting stopped.',
    wayOut: 'Apply again: the same command resumes.',
  },
  unauthorized: {
    meaning: 'The token was refused, so nothing more can be submitted or read.',
    wayOut: 'Get a new token, then apply again: the same command resumes.',
  },
  'marker-lost': {
    meaning: 'The service changed the comment of an action, so that this tool could not know it again.',
    wayOut:
      'Nothing more was submitted; look at the action in the portal and report the comment that came back.',
  },
  'took-effect': {
    meaning: 'The action took effect before it could be cancelled.',
    wayOut: 'Plan again: the next plan undoes it.',
  },
  'chain-open': {
    meaning: 'A change of scope lifted the hold and could not put it back: the machine is open.',
    wayOut: 'Plan and apply again now: the machine comes first.',
  },
  'chain-cancelled': {
    meaning:
      'The first half of a change of scope did not end in time and was cancelled; the machine keeps its hold.',
    wayOut: 'Plan again when the machine answers.',
  },
  'chain-needs-wait': {
    meaning: 'The second half of the change follows the end of the first, which --no-wait does not wait for.',
    wayOut: 'Apply without --no-wait.',
  },
  'chain-needs-active': {
    meaning: 'The change lifts a hold before it puts another in its place, and the machine is not Active.',
    wayOut: 'Plan again when the machine is Active.',
  },
  'dependency-failed': {
    meaning: 'A change that this one depends on did not succeed.',
    wayOut: 'See the outcome of that change, then plan again.',
  },
  'dependency-pending': {
    meaning: 'What this change waits for had not ended when the run did.',
    wayOut: 'Apply again: the same command resumes.',
  },
  'wave-stopped': {
    meaning: 'A stop rule of the rollout was met, so nothing more was sent.',
    wayOut:
      'Look at these machines. Then plan again: the new plan holds only what is left, and goes in waves of its own; or send again what failed of this one with --retry-failed. To send the rest at once without stop rules: --no-waves --reason TEXT.',
  },
  'wave-waiting': {
    meaning: 'The change is of a later wave, and the one before had not ended when the run stopped waiting.',
    wayOut: 'Apply again: the same command resumes, and goes on when that wave has ended.',
  },
  'waves-need-wait': {
    meaning:
      'The plan goes in waves or has stop rules, and --no-wait ends before anybody knows how a wave went.',
    wayOut: 'Apply without --no-wait, or send everything at once with --no-waves --reason TEXT.',
  },
  'submit-timeout': {
    meaning: 'Submitting took longer than it may.',
    wayOut: 'Apply again: the same command resumes with what is left.',
  },
  deadline: {
    meaning: 'The action had not ended when the run stopped waiting; the service goes on with it.',
    wayOut: 'Apply again to wait for it.',
  },
  'no-wait': {
    meaning: 'Submitted and, because of --no-wait, not awaited.',
    wayOut: 'Apply again without --no-wait to see how it ends.',
  },
  'will-stay-pending': {
    meaning: 'Submitted to a machine that is not there to take it, and not awaited.',
    wayOut: 'Apply again when the machine is back; the service gives up after three days.',
  },
  unanswered: {
    meaning: 'The request got no answer and no trace of it was found in the history.',
    wayOut: 'Apply again: the same command looks for it first.',
  },
  'existing-action': {
    meaning:
      'The service says that another action of this kind is active, and it does not lead to what is declared.',
    wayOut: 'Wait until it ends or cancel it, then plan again.',
  },
  crossed: {
    meaning: 'Somebody asked for a release a moment before this request left, too late to be seen.',
    wayOut: 'Talk to them, then plan again: what they did shows as contested.',
  },
  undone: {
    meaning: 'The action succeeded, but the history at the end does not say that the declared state holds.',
    wayOut: 'Plan again to see what holds instead, and who did it.',
  },
  unconfirmed: {
    meaning: 'The action succeeded, but the history could not be read at the end.',
    wayOut: 'Apply again to confirm it.',
  },
  interrupted: {
    meaning: 'The run was interrupted.',
    wayOut: 'Apply again: the same command resumes.',
  },
  stopped: {
    meaning: 'Submitting stopped because of an error that the diagnostics name.',
    wayOut: 'Mend it, then apply again: the same command resumes.',
  },
  failed: {
    meaning: 'The action ended Failed.',
    wayOut: 'Plan again: it is tried as often as the configuration allows.',
  },
  'timed-out': {
    meaning: 'The service gave the action up because the device did not answer.',
    wayOut: 'Plan again when the machine is back.',
  },
  cancelled: {
    meaning: 'The action was cancelled.',
    wayOut: 'Plan again: the plan names who cancelled it.',
  },
  'poll-failed': {
    meaning: 'The actions in flight could not be read for a while.',
    wayOut: 'Nothing, if the outcomes are there; else apply again.',
  },
  'lease-taken-over': {
    meaning: 'The lease was taken over from a run that never gave it back.',
    wayOut: 'See with `holdfast apply --status` how far that run came, where its journal is on this host.',
  },
  yielded: {
    meaning: 'Another run asked this one to make room, and it did.',
    wayOut: 'Go on when that one has ended: `holdfast apply --resume`, or the same command.',
  },
  'lease-yielded': {
    meaning: 'Another run made room for this one when it was asked to.',
    wayOut: 'Go on with that run when this one has ended: `holdfast apply --resume`.',
  },
  'lease-not-released': {
    meaning: 'The lease could not be given back; it ends by itself within a minute.',
    wayOut: 'Wait a minute, or use `holdfast unlock`.',
  },
} as const

/** A code of this room. */
export type ApplyCode = keyof typeof APPLY_CODES

/** One sentence for people: what happened, where there is more to say than the code's meaning, and the way out. */
export function explain(code: ApplyCode, what: string = APPLY_CODES[code].meaning): string {
  return `${what} ${APPLY_CODES[code].wayOut}`
}
