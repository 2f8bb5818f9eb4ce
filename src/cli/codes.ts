/** Every code that the command line itself gives an error or a diagnostic. */
export const CLI_CODES = {
  usage: {
    meaning: 'The command line cannot be read.',
    wayOut: 'Run the command with --help for its arguments, options and examples.',
  },
  'flags-contradict': {
    meaning: 'Two options, or an option and an argument, ask for things that exclude each other.',
    wayOut: 'Leave one of the two out.',
  },
  'reason-missing': {
    meaning: 'An option that overrides a safety was given without saying why.',
    wayOut: 'Add --reason TEXT; the reason goes into the action comments, the journal and the result.',
  },
  'configuration-not-found': {
    meaning:
      'The file that --config names cannot be read, or there is neither a configuration nor a policy path.',
    wayOut:
      'Run in the folder of holdfast.yaml or below it, name it with --config, or give policy files as arguments.',
  },
  'declaration-missing': {
    meaning:
      'A plan that was made earlier is to be applied where the policies that it was made from are not.',
    wayOut:
      'Check the declaration out beside the plan, or name its configuration with --config: what it does not ask for any more is not done.',
  },
  'file-not-read': {
    meaning: 'A file cannot be read.',
    wayOut: 'Check the path, relative to the working directory, and that you may read it.',
  },
  'file-encoding': {
    meaning: 'A file is not UTF-8, nor UTF-16 with a byte order mark.',
    wayOut:
      'Save it as UTF-8. PowerShell 5 writes UTF-16 with `>`: use `| Set-Content -Encoding utf8`, or the options of Holdfast that write a file.',
  },
  'output-lost': {
    meaning:
      'What was written to stdout could not be kept, because a disk is full or a file cannot be written.',
    wayOut:
      'Make room and run the command again. What it did is done: an apply is found again by the same command, and `holdfast apply --status` shows it.',
  },
  'file-outside': {
    meaning:
      'A file of the declaration lies outside of the folder of the configuration and of those that its `policies` name, perhaps through a link.',
    wayOut: 'Move it beside the policies, or name its folder in `policies` of holdfast.yaml.',
  },
  'path-matches-nothing': {
    meaning: 'A path or glob names no policy file.',
    wayOut: 'Policy files end in .yaml or .yml; correct the path, or leave it out.',
  },
  'path-is-a-test': {
    meaning: 'A file of tests (`*.test.yaml`) was named as a policy.',
    wayOut: 'Name policy files; `holdfast test` runs tests. Folders and globs leave tests out by themselves.',
  },
  'sign-in-ends': {
    meaning:
      'HOLDFAST_TOKEN, or a federated token in a file, ends before the apply may, and nothing here can renew it.',
    wayOut:
      'Sign in with what can be renewed: the identity of a pipeline job, a managed identity, a certificate; or let what wrote the file write a new one in time.',
  },
  'no-tests': {
    meaning: 'There is no test to run: an empty run would look like all being well.',
    wayOut: 'Write tests into `*.test.yaml` beside the policies, or name files or folders that hold some.',
  },
  'tests-invalid': {
    meaning: 'A file of tests has errors, so that what it shows is not known; none of its tests was run.',
    wayOut: 'Mend the errors listed with it; `holdfast schema test` prints what a test may hold.',
  },
  'no-policies': {
    meaning: 'No policy is loaded, so that everything seems to be as declared.',
    wayOut: 'Name policy files, folders or globs in `policies` of holdfast.yaml.',
  },
  'path-not-configured': {
    meaning:
      'A path argument names a file that the configuration does not load, so its policies would not compose with the others.',
    wayOut: 'Add it to `policies` in holdfast.yaml, or leave the argument out.',
  },
  'declaration-invalid': {
    meaning: 'The configuration, a policy or a list has errors, so nothing was asked of the service.',
    wayOut: 'Mend the errors listed with it; `holdfast validate` checks without asking the service.',
  },
  'policy-not-editable': {
    meaning:
      'A policy declares the opposite of what was asked, and is not written in a way that can be added to without risk.',
    wayOut: 'Make the change that the message names, then run the command again.',
  },
  'policy-changed': {
    meaning:
      'A policy file was changed by somebody while a command was about to write it; it was left as it is.',
    wayOut: 'Run the command again.',
  },
  'commit-not-possible': {
    meaning: 'git could not commit what was written. The files are there, and what was applied was applied.',
    wayOut: 'Commit them by hand; the message names them.',
  },
  'prune-not-possible': {
    meaning: '--prune would take what was not read or not chosen for orphaned.',
    wayOut: 'Run --prune without path arguments, with at least one policy loaded and a complete read.',
  },
  'only-targets-read': {
    meaning:
      'The service counts rows of the tenant that it does not list, so that of all machines only those of --target were read.',
    wayOut: 'Nothing to do for these machines. Without --target plan and apply stop until the list is whole.',
  },
  'before-lookback': {
    meaning: 'A time was asked for that lies before the history that is read.',
    wayOut:
      'Ask for a later time; `history.lookback` says how far back is read, at most what the service keeps.',
  },
  'replay-too-large': {
    meaning:
      'A simulation would have to make so many plans, or so large ones, that nobody would wait for it.',
    wayOut: 'Look at fewer moments with --step, or at a shorter stretch with --from and --to.',
  },
  'clock-skew': {
    meaning: "The service's clock and the one of this machine differ.",
    wayOut: 'Set the clock of this machine; over an hour apart nothing is planned or applied.',
  },
  'read-incomplete': {
    meaning: 'Something could not be read, so nothing may be concluded about what it would have shown.',
    wayOut: 'Run the command again; the diagnostics name each read that failed.',
  },
  'store-missing': {
    meaning: 'A watcher was to apply, and nothing keeps it apart from other watchers of the tenant.',
    wayOut:
      'Set `store` in holdfast.yaml: an address all of them share, or `local` where this host alone applies; or leave --apply out.',
  },
  'approval-missing': {
    meaning: 'Nobody can be asked here, and no consent was given on the command line.',
    wayOut: ['Run in a terminal.', 'Give --auto-approve.', 'Give --expect PLANID.', 'Give a PLANFILE.'],
  },
  'approval-refused': {
    meaning: 'The answer to the question was not `yes`.',
    wayOut: 'Run the command again and answer `yes`; nothing else is taken for consent.',
  },
  'expect-mismatch': {
    meaning: 'The plan made now is not the one that --expect names.',
    wayOut: 'Review the plan shown, and give its id to --expect if it is wanted.',
  },
  'guard-unknown': {
    meaning: '--dangerous-exceed-guard names no guard, or one that is not set or did not fail.',
    wayOut:
      'Name a guard that the plan shows as failed: maxMachines, maxShare, maxLifts, maxLiveResponses, maxRuns or maxRenewals.',
  },
  'machine-not-found': {
    meaning: 'No machine record has the id or the whole name that was given.',
    wayOut: 'Compare it with `holdfast machines list`; names are compared whole, never in part.',
  },
  'machines-unresolved': {
    meaning: 'A machine that is to be changed does not resolve to exactly one record; nothing was sent.',
    wayOut: 'Mend what the errors listed with it name; a name that several records have is given by id.',
  },
  'action-not-found': {
    meaning: 'The service lists no action with the id that was given.',
    wayOut:
      'Compare it with `holdfast actions list --since 30d`; what is older than the retention of the service is gone.',
  },
  'foreign-in-flight': {
    meaning: 'What is in flight on the machine that was named is not ours.',
    wayOut:
      'Talk to whoever asked for it. `holdfast actions cancel ID --reason TEXT` cancels an action of anybody by its id.',
  },
  'nothing-chosen': {
    meaning: 'A command that changes something was not told what to change.',
    wayOut: 'Name what is meant: ids, names or options that choose. There is no way to say everything.',
  },
  'tag-in-use': {
    meaning: 'The declaration looks at the tag that is to be put on machines or taken off.',
    wayOut: 'Run `holdfast plan` after it, and see what it changes, before anybody applies.',
  },
  'tag-not-changed': {
    meaning: 'The service did not change a tag, or nobody can say whether it did.',
    wayOut:
      'Read the message of the service, then run the same command again: what is done is not sent again.',
  },
  'scenario-invalid': {
    meaning: 'The scenario file for the emulator has errors.',
    wayOut: 'Mend the errors listed with it; `holdfast schema scenario` prints what a scenario may hold.',
  },
  'port-not-free': {
    meaning: 'The emulator cannot listen on the port.',
    wayOut: 'Leave --port out for a free one.',
  },
  'lease-not-found': {
    meaning: 'The tenant has no lease of the id that was given, any more or at all; nothing was removed.',
    wayOut: 'Run `holdfast unlock` to see the lease there is.',
  },
  'lease-live': {
    meaning: 'The owner of the lease runs, or nobody can tell from here; nothing was removed.',
    wayOut:
      'Wait until it ends, or interrupt it; where it must be, run in a terminal and answer `yes`, or add --auto-approve.',
  },
  'nothing-to-resume': {
    meaning: 'No run of this tenant, on this host, is there to be gone on with; nothing was submitted.',
    wayOut:
      'See `holdfast apply --status`; of a run of another host, apply its plan file: what was sent is found again.',
  },
  'run-ambiguous': {
    meaning: 'Several runs can be gone on with, and none was named; nothing was submitted.',
    wayOut: 'Name one of those listed with it.',
  },
  'run-live': {
    meaning: 'The run that was to be gone on with still runs; nothing was submitted.',
    wayOut: 'Wait until it ends, or interrupt it; `holdfast apply --status` shows it.',
  },
  'plan-not-kept': {
    meaning: 'The plan of the run is not beside its journal, or was altered; nothing was submitted.',
    wayOut: 'Apply the saved plan file, or plan again: what was sent is found again.',
  },
  'signature-missing': {
    meaning: 'A signature is demanded and none covers what is to be applied; nothing was submitted.',
    wayOut:
      'Save and sign the plan with `holdfast plan --out FILE --sign KEY`, and apply that file with FILE.sig beside it.',
  },
  'key-permissions': {
    meaning: 'Others than its owner may read or write the private key that signs plans.',
    wayOut: 'Make it readable for its owner alone: `chmod 600 KEY`.',
  },
  'audit-broken': {
    meaning: 'Records are not as they were written: altered, cut or removed.',
    wayOut:
      'Run `holdfast audit verify`, which names them, and compare them with a copy that was kept elsewhere.',
  },
  'base-not-compared': {
    meaning:
      'The declaration at the revision of --base has errors, so the plan is made without a comparison.',
    wayOut:
      'Mend them where they are, as a pull request that mends a broken branch does, or name another revision.',
  },
  'base-declares-nothing': {
    meaning: 'The revision of --base has no configuration here, so that everything counts as new.',
    wayOut:
      'Name a later revision; a configuration whose folder was moved is found where the move is committed.',
  },
  'commit-unknown': {
    meaning: 'The files are in a git repository that does not tell its commit, so that the plan names none.',
    wayOut: 'Do what git says in the message, then plan again.',
  },
  'file-exists': {
    meaning: 'What is to be written would take the place of a file that is there already.',
    wayOut: 'Name another file or folder with --out, or let it be replaced with --force.',
  },
  'action-of-another-type': {
    meaning: 'The action brings nothing of the kind that was asked for.',
    wayOut:
      'Give the id of a CollectInvestigationPackage or of a LiveResponse; `holdfast actions list` shows them.',
  },
  'package-not-found': {
    meaning: 'The machine has no investigation package: no collection has succeeded in the look-back.',
    wayOut: 'Collect one: `holdfast package download MACHINE --wait --reason TEXT`.',
  },
  'package-not-ready': {
    meaning: 'The collection has not ended, or the service has no link to its package yet.',
    wayOut: 'Run `holdfast package download ACTION --wait` with the id in the message.',
  },
  'collection-failed': {
    meaning: 'The collection ended without a package.',
    wayOut: 'See that the device is on and reachable, then collect again with --wait.',
  },
  'request-uncertain': {
    meaning: 'A request got no answer and no trace of it was found in the history. It was not sent again.',
    wayOut: 'Look with `holdfast actions list` in a minute, before anything is sent again.',
  },
  'live-response-busy': {
    meaning: 'The machine has a live response already, and takes one at a time; nothing was sent.',
    wayOut:
      'Wait until it ends, or cancel it with `holdfast actions cancel ID --reason TEXT`, then run again.',
  },
  'result-missing': {
    meaning: 'The service has no result of a command that it says was completed.',
    wayOut: 'Try `holdfast live-response result ACTION` again in a minute.',
  },
  'result-unreadable': {
    meaning:
      'The result of a script is not what the service documents, so nobody can say how the script ended.',
    wayOut: 'Read the file that was saved; it is what the service gave.',
  },
  'script-failed': {
    meaning: 'A script ran and ended with an exit code other than 0.',
    wayOut: 'Read its output; run it again once what it names is mended.',
  },
  'library-file-invalid': {
    meaning:
      'A file cannot go into the live response library: its name, its size, or a second file of the name.',
    wayOut: 'Names have letters, digits, `-`, `_` and `.` only, and a file at most 20 MB.',
  },
  'library-file-exists': {
    meaning: 'The library has another file of that name, which was left as it is.',
    wayOut: 'Replace it with --override, or choose another name.',
  },
  'library-file-not-found': {
    meaning: 'The library has no file of that name; nothing was removed.',
    wayOut: '`holdfast live-response library list` shows the names.',
  },
  interrupted: {
    meaning: 'A signal ended the command before it was done.',
    wayOut: 'Run the same command again: it resumes.',
  },
  internal: {
    meaning: 'A fault of Holdfast.',
    wayOut: 'Run it again with HOLDFAST_DEBUG=1 for the trace, and report it.',
  },
} as const
