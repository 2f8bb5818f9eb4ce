/** Codes about machine records and whose holds on them are; part of the registry of the room. */
export const RECORD_CODES = {
  'merge-unresolved': {
    meaning:
      'A machine record was merged into one that is not there, or merges lead in a circle: nobody knows which device it is, so that nothing is done to it.',
    wayOut:
      'Name the device by the id of another record, or add `missing: warn` to the entry; what holds on the record is released in the portal.',
  },
  'record-missing': {
    meaning:
      '--prune came upon a hold on a machine of which the service lists no record, put there by a policy that is in force: whether it still declares it cannot be known.',
    wayOut: 'Release the machine in the portal, or take the policy away first and prune then.',
  },
  'restricted-device': {
    meaning:
      'The device was onboarded restricted: it refuses this category of actions, or may refuse it where its tag alone says so. Only onboarding it anew changes that.',
    wayOut:
      'Take it out with `except`, or act on it by other means; `evidence: { read: auto }` reads what devices refuse.',
  },
  'twins-alive': {
    meaning:
      'A record that was merged into another went on reporting after that one began: the two are devices of their own that share one declaration, and each is judged by its own history.',
    wayOut:
      'Nothing to do where both are meant; else take the device out with `except`, or name the other one by its id.',
  },
  'merged-record': {
    meaning:
      'What holds a device stands on a record that was merged into another, so that its release goes to that record.',
    wayOut: 'Nothing to do; the change names both records.',
  },
  'onboarding-unknown': {
    meaning:
      'The record of a machine tells no onboardingStatus, and only a selector reaches it: nobody knows whether it can do this.',
    wayOut:
      'Name it in the policy by `id`, `dnsName` or in a `list`, or add `onboardingStatus: Onboarded` to the entry to leave such records out.',
  },
  'other-configuration': {
    meaning:
      'Machines are held by another configuration of Holdfast, or by this one before its `name` was given or changed. Its holds count as somebody else’s.',
    wayOut:
      'List the name in `formerNames` to claim the holds (`""` is without a name), or in `sisters` where it is another configuration.',
  },
  'held-by-sister': {
    meaning: 'Machines are held by a configuration that `sisters` names: no drift of this one.',
    wayOut: 'Nothing to do.',
  },
} as const
