/** The codes about holds that end by themselves, renewals, and what devices say of holds. */
export const LAPSE_CODES = {
  'clocks-differ': {
    meaning:
      'Nothing but the time says that an isolation ended, and the clock of this machine is over 5 minutes from the service’s, so that it is not renewed.',
    wayOut: 'Set the clock right, then plan again.',
  },
  'ended-by-offboard': {
    meaning: 'The hold before ended with an offboarding of the machine.',
    wayOut: 'Nothing needs doing: it is imposed anew.',
  },
  'ends-in-freeze': {
    meaning: 'A declared isolation ends by itself while a `freeze` keeps it from being renewed.',
    wayOut: 'Set `renewals: true` in `freeze`, end the freeze, or know that the machines named will be free.',
  },
  'ends-with-theirs': {
    meaning:
      'A declared isolation holds, and no action of a policy that declares it carries it: it ends with the one that another policy or somebody else sent.',
    wayOut: 'Nothing needs doing before it ends; an apply after that imposes it.',
  },
  'evidence-disagrees': {
    meaning:
      'An isolation that rested on the word of the device alone succeeded, and the device denies it again.',
    wayOut: 'Look at the device, then `--resubmit ADDR --reason TEXT`.',
  },
  'evidence-unread': {
    meaning:
      'What the devices report could not be read although it may be, so that nothing is renewed on the word of the time alone.',
    wayOut:
      'Plan again; without `--verify` and with `evidence: { read: off }` in the configuration a plan does without.',
  },
  'expires-past-hold': {
    meaning:
      'A policy isolates until a time that lies further ahead than the service keeps an isolation (`effects.isolated.lasts`).',
    wayOut: 'Run `holdfast apply --renewals` on a schedule, or set `expires` to an earlier time.',
  },
  'expires-soon': {
    meaning:
      'An isolation ended by itself, and the policy expires within `apply.timeout` and would lift it at once, so that it is not renewed.',
    wayOut: 'Set `expires` later to keep it; else nothing needs doing.',
  },
  'extends-wrong': {
    meaning:
      'The service ended an isolation at its first time, although `effects.isolated.extends` says that a later one moves it.',
    wayOut: 'Set `effects.isolated.extends` to false in the configuration.',
  },
  'lapse-unproven': {
    meaning:
      'The plan rests on an isolation that ended by its time, and no lapse was seen in this tenant yet: neither a lift of the service nor a report of a device.',
    wayOut:
      'Look at one of the machines; where isolation stays in this tenant, set `effects.isolated.lasts` to `never`.',
  },
  'long-free': {
    meaning:
      'An isolation ended by itself longer ago than `effects.isolated.longFree`, and nobody has asked for it since.',
    wayOut:
      '`--resubmit ADDR --reason TEXT`, or `reassert: true` in the policy; or take the machine out of the policy.',
  },
  'may-have-lapsed': {
    meaning: 'An isolation reached its time, and nothing says that the service has ended it.',
    wayOut: 'A release makes the state known; one that is not ours alone is left to whoever sent it.',
  },
  'over-max-renewals': {
    meaning:
      'More isolations ended by themselves than `guards.maxRenewals`; those that ended longest ago wait.',
    wayOut: 'Apply again for the rest, raise the limit, or override `maxRenewals` with a reason.',
  },
  'released-by-other': {
    meaning:
      'Somebody else has asked for a release that did not succeed, and the plan would impose the hold again.',
    wayOut:
      'Talk to them, then `--reassert ADDR --reason TEXT`, `reassert: true`, or change the declaration.',
  },
  'released-off-record': {
    meaning:
      'The device reports that it is not isolated, before the time of its isolation is over, and no action released it.',
    wayOut: 'Ask who freed it before you isolate it again.',
  },
  'until-uncertain': {
    meaning:
      'An isolation was over an hour on its way, and nobody knows from which of its times the service counts.',
    wayOut: 'Look again at the earlier of the two times that the message names.',
  },
  'was-held-by-other': {
    meaning: 'An isolation that somebody else sent ended by itself, and the plan imposes it as ours.',
    wayOut: 'Nothing needs doing where the declaration is meant.',
  },
} as const
