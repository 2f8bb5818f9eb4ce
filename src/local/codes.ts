/** Every code that what lies on this disk gives an error. */
export const LOCAL_CODES = {
  'file-not-written': {
    meaning: 'A file cannot be written. What it held before is untouched.',
    wayOut: 'Check that the folder exists, that you may write there, and that the disk is not full.',
  },
  'journal-not-usable': {
    meaning: 'The journal or the lease cannot be read or written, so a crash could not be recovered from.',
    wayOut: ['Make the folder readable and writable.', 'Name another with --journal DIR.'],
  },
  'journal-damaged': {
    meaning: 'A line inside a journal, not merely its last one, is not what was written.',
    wayOut: 'Move the file named in the message away; what was submitted is recovered from the history.',
  },
  'store-not-usable': {
    meaning:
      'The store that the configuration names cannot be read or written, so that nobody could know what this run sends.',
    wayOut: [
      'Wait until it can be reached again; `holdfast doctor` says what is missing.',
      'In an incident, where nobody else applies, --without-store --reason TEXT.',
    ],
  },
  'freeze-not-readable': {
    meaning:
      'What `holdfast freeze` left beside the lease cannot be read, so that nobody knows whether the tenant is frozen.',
    wayOut: 'Ask who froze it; `holdfast freeze --end` removes it.',
  },
  'audit-not-usable': {
    meaning:
      'The record of the run cannot be written; without it nothing is submitted, and where it fails later submitting stops.',
    wayOut:
      'Make room on the disk and the state directory (XDG_STATE_HOME) writable, then run the same command again: it resumes.',
  },
  'revision-not-found': {
    meaning: 'git cannot give the files of a revision, such as the one that --base names.',
    wayOut: 'Name a commit, branch or tag that holds the configuration; in CI fetch it first.',
  },
  'audit-not-read': {
    meaning: 'There is no record to verify or export where one was looked for.',
    wayOut: 'Name a record, or the folder of a target below the state directory (XDG_STATE_HOME).',
  },
} as const
