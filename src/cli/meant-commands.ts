/** What people type who come from the portal, from kubectl or from Terraform, and what does it here. */
const MEANT: Readonly<Record<string, string>> = {
  isolate:
    '`holdfast contain NAME --for 24h --reason TEXT` isolates a machine now and leaves the policy that says so.',
  restrict:
    '`holdfast contain NAME --restrict --for 24h --reason TEXT` isolates a machine and restricts what may run on it.',
  unisolate: '`holdfast release NAME --reason TEXT` releases a machine from isolation and restriction.',
  unrestrict: '`holdfast release NAME --reason TEXT` releases a machine from isolation and restriction.',
  uncontain: '`holdfast release NAME --reason TEXT` releases a machine from isolation and restriction.',
  scan: 'A policy with `scanned: { scan: quick, within: 24h }` asks for a scan; `holdfast apply --target NAME/scanned` runs it.',
  collect:
    '`holdfast package download NAME --wait --reason TEXT` collects an investigation package and downloads it.',
  quarantine:
    'A policy with `quarantined: [{ sha1: … }]` asks for it, where the configuration allows it; then `holdfast apply`.',
  script: '`holdfast live-response run NAME --script FILE --reason TEXT` runs a script of the library.',
  run: '`holdfast live-response run NAME --script FILE --reason TEXT` runs a script of the library.',
  ls: '`holdfast machines list` lists machines with what holds on them.',
  list: '`holdfast machines list` lists machines, `holdfast actions list` actions.',
  get: '`holdfast machines show NAME` shows one machine, `holdfast machines list` all.',
  describe: '`holdfast explain NAME` says why a machine is as it is.',
  cancel:
    '`holdfast actions cancel NAME --reason TEXT` cancels what of ours is in flight on a machine, with the id of an action that one.',
  kill: '`holdfast actions cancel NAME --reason TEXT` cancels what of ours is in flight on a machine, with the id of an action that one.',
  rollback:
    '`holdfast undo last --reason TEXT` undoes what the last plan did, with a plan id what that one did.',
  revert:
    '`holdfast undo last --reason TEXT` undoes what the last plan did, with a plan id what that one did.',
  destroy:
    'Nothing here removes machines: `isolated: false` in a policy releases them, and `holdfast apply --prune` lifts what no policy declares.',
  refresh: 'There is no state to refresh: `holdfast plan` reads the service each time.',
  state:
    'There is no state file: `holdfast machines list` and `holdfast timeline NAME` show what the history says.',
  history: '`holdfast timeline NAME` draws the history of a machine, `holdfast actions list` lists actions.',
  log: '`holdfast actions list` lists actions, `holdfast audit export` what we did.',
  diff: '`holdfast plan` shows what differs from the declaration, `holdfast drift` what moved and by whom.',
  check: '`holdfast validate` checks the declaration, `holdfast doctor` sign-in and permissions.',
  login: '`az login` signs in, or HOLDFAST_TOKEN; `holdfast doctor` says who you are.',
}

/** The way out for a word that is no command and means one; undefined where nothing is known to be meant. */
export function meantBy(word: string): string | undefined {
  return Object.hasOwn(MEANT, word.toLowerCase()) ? MEANT[word.toLowerCase()] : undefined
}
