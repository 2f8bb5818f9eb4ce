import { LAPSE_CODES } from './lapse-codes.ts'
import { RECORD_CODES } from './record-codes.ts'

const PLANNING_CODES = {
  'already-undone': {
    meaning: 'Somebody ended or replaced what the plan to undo had done; the machine is left as it is.',
    wayOut: 'Nothing needs doing.',
  },
  'ambiguous-machine': {
    meaning: 'Several records have the name, and not exactly one is Active, Onboarded and unmerged.',
    wayOut: 'Name the record by id; the message lists the candidates.',
  },
  'attempts-exhausted': {
    meaning: 'As many own actions as `retry.maxAttempts` ended Failed or TimeOut within `retry.within`.',
    wayOut: 'Look at the machine, then allow one more with `--retry ADDR --reason TEXT`.',
  },
  'cancelled-by-other': {
    meaning: 'Somebody else cancelled an own action, and the plan would send it again.',
    wayOut:
      'Talk to them, then `--reassert ADDR --reason TEXT`, `reassert: true`, or change the declaration.',
  },
  'chain-needs-active': {
    meaning:
      'Changing the scope releases the machine first, and a machine that is not Active could stay open.',
    wayOut: 'Plan again once the machine is Active, or declare the scope that holds.',
  },
  'conflicting-policies': {
    meaning: 'Policies ask for contradicting things at one address; both places are named.',
    wayOut: 'Take the machine out of one of the policies with `except`.',
  },
  'confirm-by-name': {
    meaning:
      'The configuration (`confirmByName`) wants the machine named before it is held, and only a selector of the policy reaches it.',
    wayOut: 'Name it in the policy by `id`, `dnsName` or in a `list`, or take it out with `except`.',
  },
  'contradicting-policies': {
    meaning: 'Two policies reach the same machine and ask for holds that cannot both be.',
    wayOut: 'Take the machines out of one of them with `except`.',
  },
  'contradictory-in-flight': {
    meaning: 'Actions in both directions are in flight on the machine.',
    wayOut: 'Wait until they end, or cancel one of them, then plan again.',
  },
  'effect-uncertain': {
    meaning: 'A newer action ended Failed or Cancelled and may have taken effect in part.',
    wayOut: 'Look at the machine; declaring the facet `false` sends a release to be sure.',
  },
  'evidence-read': {
    meaning: 'What the devices report was read; how many isolations it confirms.',
    wayOut: 'Nothing needs doing; a report counts once it is `evidence.settle` newer than the last action.',
  },
  'except-takes-nothing': {
    meaning:
      'An entry of `except` matches no machine, or nothing that its policy reaches, so that it spares nobody.',
    wayOut: 'Correct or remove it.',
  },
  'expired-policy': {
    meaning: 'The `expires` of a policy is over: it declares nothing, and its apply lifts its own holds.',
    wayOut: 'Remove it once a plan shows no lift of it any more.',
  },
  'expires-too-far': {
    meaning:
      'A policy holds machines without `expires`, or with one further ahead than `longestHold` of the configuration.',
    wayOut: 'Set `expires` to a time within it; to hold on longer, set it anew when it comes near.',
  },
  'freeze-over': {
    meaning: 'The `freeze` of the configuration has ended and has no effect any more.',
    wayOut: 'Take it out of the configuration.',
  },
  frozen: {
    meaning:
      'The configuration, or `holdfast freeze`, freezes every apply while a person works; the message says who, why and until when.',
    wayOut:
      'Talk to them; wait until it ends, take `freeze` out of the configuration, or `holdfast freeze --end`.',
  },
  held: {
    meaning: 'An offboarding is blocked by a hold: an offboarded machine cannot be released any more.',
    wayOut: 'Release the machine first.',
  },
  'held-before': {
    meaning: 'The machine was held before the plan to undo, and a lift would leave it open.',
    wayOut: 'Declare what the machine should be, then plan.',
  },
  'held-by-other': {
    meaning: 'The lift would end a hold that somebody else imposed, perhaps beneath an own one.',
    wayOut:
      'Talk to them, then `--reassert ADDR --reason TEXT`, `reassert: true`, or change the declaration.',
  },
  'held-too-long': {
    meaning: 'An own hold has been in force for longer than `longestHold` of the configuration.',
    wayOut: 'Decide: release it (`isolated: false`), or leave it; nothing is lifted for its age alone.',
  },
  'hold-without-expiry': {
    meaning: 'A policy holds machines and has no `expires`: nobody is asked again.',
    wayOut: 'Set `expires`; `longestHold` of the configuration demands it of all.',
  },
  'hold-without-owner': {
    meaning: 'A policy holds machines and has no `owner`.',
    wayOut: 'Set `owner`; `require` of the configuration demands it of all.',
  },
  'isolation-hazards': {
    meaning:
      'The plan isolates servers or Linux machines, and the documents of the service name things that isolating them can do which nobody asked for.',
    wayOut: 'Nothing needs doing where none of them applies; docs/platforms.md has the whole list.',
  },
  'joined-to-stronger': {
    meaning: 'Policies ask for different strengths of a hold on one machine; the stronger is planned.',
    wayOut: 'Nothing needs doing; align the policies if it was not meant.',
  },
  'isolated-off-record': {
    meaning: 'A device reports that it is isolated, and no action isolates it.',
    wayOut: 'Look into the Action center, and at the device; nothing is planned for it.',
  },
  'leaves-lookback': {
    meaning: 'An own hold is over 150 days old, and the service forgets actions after 180 days.',
    wayOut: 'Release and impose it again, or take it out of the policy, before then.',
  },
  'machine-gone': {
    meaning: 'At apply the service lists no record of a planned machine any more.',
    wayOut: 'Plan again.',
  },
  'matches-nothing': {
    meaning: 'An entry of a policy matches no machine.',
    wayOut: 'Correct it; a selector reaches Onboarded, unmerged records only.',
  },
  'may-be-unsupported': {
    meaning:
      'The documents ask for a newer version or agent than the machine reports, or do not name its platform. The request is sent all the same.',
    wayOut:
      'Update the machine, or take it out with `except`; a refusal of the service ends that change alone.',
  },
  'named-twice': {
    meaning: 'A policy names the same machine at two places.',
    wayOut: 'Remove one of them.',
  },
  'not-allowed': {
    meaning: 'The facet is off until the configuration allows it.',
    wayOut: 'Set it to true under `allow` in the configuration.',
  },
  'observed-held': {
    meaning: 'An isolation is past its time, and the device reports that it still holds.',
    wayOut: 'Nothing needs doing: it counts as held while the device says so.',
  },
  'not-onboarded': {
    meaning:
      'The machine is not onboarded and cannot do this; or it is, and `unmanaged` is for those that are not.',
    wayOut:
      'Onboard the machine or contain it with `isolated: unmanaged`; for an onboarded one declare `full`.',
  },
  'not-undoable': {
    meaning: 'What the plan to undo has run or released cannot be undone.',
    wayOut: 'Nothing calls a run back; a hold that was released is declared, then planned.',
  },
  'one-way': {
    meaning: 'Nothing in the service can undo the change.',
    wayOut: 'Be sure before you apply.',
  },
  'opposite-in-flight': {
    meaning: 'An action of somebody else in the opposite direction is in flight.',
    wayOut: 'Wait until it ends, or cancel it with `--reassert ADDR --reason TEXT`.',
  },
  'over-max-lifts': {
    meaning: 'The plan holds more lifts than `guards.maxLifts`, so none of them is sent.',
    wayOut: 'Narrow the plan with `--target`, raise the limit, or override `maxLifts` with a reason.',
  },
  'over-max-live-responses': {
    meaning:
      'The plan runs live responses on more machines than `guards.maxLiveResponses`, so none of them is sent.',
    wayOut: 'Narrow the plan with `--target`, raise the limit, or override `maxLiveResponses` with a reason.',
  },
  'overlapping-policies': {
    meaning: 'Two policies reach the same machine and declare the same facet.',
    wayOut: 'Say it in one of them, or take the machines out of one with `except`.',
  },
  'plan-format': {
    meaning: 'A file is JSON but not a plan of this format.',
    wayOut: 'Make the plan again with this version.',
  },
  'plan-tampered': {
    meaning:
      'A saved plan was edited after it was made: its checksum or its ids do not fit, or a change would send something else than it says.',
    wayOut: 'Plan again.',
  },
  'signature-malformed': {
    meaning: 'A file beside a plan is not the signature of one.',
    wayOut: 'Sign the plan again with `holdfast plan --out FILE --sign KEY`.',
  },
  'signature-untrusted': {
    meaning: 'A plan is signed with a key that is not among the trusted ones.',
    wayOut: 'Have it signed by somebody whose key is trusted, or add the public key to `apply.trustedKeys`.',
  },
  'signature-wrong': {
    meaning:
      'The signature of a trusted key is not of this plan: one of the two files was altered or exchanged.',
    wayOut: 'Plan and sign again.',
  },
  'signing-key-unusable': {
    meaning: 'The key given to --sign cannot sign plans.',
    wayOut: 'Make one with `openssl genpkey -algorithm ed25519 -out plan-key.pem`.',
  },
  'trusted-key-unusable': {
    meaning: 'A file that should hold trusted keys does not hold Ed25519 public keys in PEM alone.',
    wayOut: 'Write the public key with `openssl pkey -in plan-key.pem -pubout -out plan-key.pub.pem`.',
  },
  'plan-unreadable': {
    meaning: 'A file given as a plan is not JSON.',
    wayOut: 'Give a file that `holdfast plan --out FILE` wrote.',
  },
  'protects-nothing': {
    meaning: 'An entry of `protected` matches no machine of the tenant, so that it protects nobody.',
    wayOut: 'Correct or remove it; `missing: warn` is for a machine that may be gone.',
  },
  protected: {
    meaning: 'The configuration protects the machine from this facet.',
    wayOut: 'Take it out of the policy with `except`, or allow the facet in the `protected` entry.',
  },
  'redundant-entry': {
    meaning: 'An entry of a policy reaches only machines that another entry of it reaches as well.',
    wayOut: 'Remove one of the two.',
  },
  're-onboarded': {
    meaning: 'The machine was offboarded and has reported again since.',
    wayOut: 'Take it out of the policy, or `--resubmit ADDR --reason TEXT`.',
  },
  'reverted-by-other': {
    meaning: 'Somebody else ended or began a hold, and the plan would undo it.',
    wayOut:
      'Talk to them, then `--reassert ADDR --reason TEXT`, `reassert: true`, or change the declaration.',
  },
  'scan-proves-acceptance-only': {
    meaning:
      'A lift waits for a scan, and a Succeeded scan says that the device accepted it, not that it is clean.',
    wayOut: 'Look at the alerts of the machine before you rely on the release.',
  },
  'scope-change': {
    meaning: 'The machine is isolated in another scope, and changing it releases the machine for a moment.',
    wayOut: 'Set `allow: { scopeChange: true }` in the configuration, or declare the scope that holds.',
  },
  'scope-unknown': {
    meaning: 'The service reports no scope for a succeeded isolation.',
    wayOut: 'Nothing needs doing: it is taken as the declared scope.',
  },
  'share-unknown': {
    meaning: '`guards.maxShare` is set and the number of onboarded machines could not be read.',
    wayOut: 'Plan again, or use `maxMachines`.',
  },
  'stronger-than-declared': {
    meaning: 'The machine is isolated more strongly than declared.',
    wayOut: 'Nothing needs doing; `allow.scopeChange` would weaken it by a release and a new isolation.',
  },
  'stuck-in-flight': {
    meaning: 'An action is in flight for longer than the service tries: over 96 h, a live response over 6 h.',
    wayOut: 'Cancel the action that the message names, then plan again.',
  },
  'tag-of-the-device': {
    meaning:
      'What spares machines (`protected`, `confirmByName`, `except`) rests on a tag alone, and an administrator of a device can give it one: in the registry of Windows, with `mdatp edr tag set` on macOS and Linux.',
    wayOut:
      'Add `deviceValue` or `rbacGroupName`, which the device cannot set, or name the machines by `id`, `dnsName` or in a `list`.',
  },
  'touched-since': {
    meaning: 'Somebody, or another plan, acted on the hold after the plan to undo.',
    wayOut: 'Talk to them; declare what the machine should be, or release it in the portal.',
  },
  undoing: {
    meaning: 'How many actions carry the marker of the plan to undo.',
    wayOut: 'Nothing needs doing.',
  },
  'undo-unknown-plan': {
    meaning: 'No action in the look-back carries the marker of the plan to undo.',
    wayOut:
      'Give the id that the result of its apply names, or the 8 digits after `plan=` in the comment of one of its actions.',
  },
  'unknown-action-type': {
    meaning: 'The history holds actions of a type that this version does not know; they are left alone.',
    wayOut: 'Nothing needs doing; a newer version may know it.',
  },
  'unknown-address': {
    meaning: 'A flag names a machine, policy or facet that the plan does not know.',
    wayOut: 'Give a machine id or whole DNS name, `policy:NAME`, or either with `/facet`.',
  },
  'unresolved-machine': {
    meaning: 'No machine record has the id or the whole name that a policy gives.',
    wayOut: 'Correct it, or set `missing: warn` on the entry if the machine may be gone.',
  },
  'unsupported-platform': {
    meaning: 'The machine’s platform cannot do the action.',
    wayOut: 'Take the machine out with `except`, or declare what its platform can do.',
  },
  'waiting-for-machine': {
    meaning: 'The machine is Inactive, so the run is not sent. This has no effect on the exit code.',
    wayOut: 'Nothing needs doing: it is planned again once the machine reports.',
  },
  'waits-for-run': {
    meaning: 'A lift waits for a run (`liftAfter`) that is blocked itself.',
    wayOut: 'Follow the way out of the run that the message names.',
  },
  'will-be-forbidden': {
    meaning: 'The token lacks the application permission that the request needs.',
    wayOut: 'Grant it to the app registration with admin consent, then get a new token.',
  },
  'will-stay-pending': {
    meaning: 'The machine is not Active or has not reported for 48 h; the action is sent and not awaited.',
    wayOut: 'Nothing needs doing: the service tries for 72 h.',
  },
} as const

/** Every code that planning gives to a blocked item, a warning or a diagnostic. */
export const PLAN_CODES: typeof PLANNING_CODES & typeof LAPSE_CODES & typeof RECORD_CODES = {
  ...PLANNING_CODES,
  ...LAPSE_CODES,
  ...RECORD_CODES,
}

export type PlanCode = keyof typeof PLAN_CODES
