/**
 * Every code the schema room reports, with what it means and the way out. docs/errors.md has one heading per code.
 */
export const SCHEMA_CODES = {
  'alias-explosion':
    'Aliases of the document repeat so much that it would expand beyond all measure. Write the values out, or put machines into a `list:` file.',
  'all-not-alone':
    '`all: true` stands beside other fields, which could only be a misunderstanding. Let it stand alone in its entry.',
  'all-outside-machines':
    '`all: true` was used in `except` or in a `match`, where it would leave nothing. It belongs in `machines` only.',
  'commands-out-of-order':
    'Live response takes all PutFile commands first, then all RunScript, then all GetFile. Put the commands into that order.',
  'control-character':
    'A text holds a line break or a control character. Write it on one line with visible characters.',
  'cyclic-anchor': 'An alias refers to a value that contains it. Write the value out.',
  'duplicate-file': 'The same SHA-1 is named twice in `quarantined`. Remove one of them.',
  'duplicate-key': 'A key stands twice in one map, so one of the values would be lost. Remove one of them.',
  'duplicate-list-line': 'A list file names the same machine twice. Harmless; remove one of the lines.',
  'duplicate-policy':
    'Two policies have the same name, so their actions could not be told apart. Rename one.',
  'duplicate-session': 'Two live response sessions of a policy have the same name. Rename one.',
  'duration-too-short':
    'A duration is shorter than is sensible there: at least an hour for freshness and look-back, more than zero elsewhere.',
  'empty-collection': 'A list or map that needs at least one member has none. Fill it, or remove its key.',
  'empty-entry':
    'An entry has no field that chooses machines. Add `id`, `dnsName`, `tag`, `list` or another.',
  'empty-list-file': 'A list file names no machine. Add one per line, or remove the entry that refers to it.',
  'empty-text': 'A text has no visible character. Write something, or remove its key.',
  'file-too-large':
    'The file is larger than is ever read. Put long lists of machines into `list:` files, one per line, and split a long list.',
  'invalid-amount':
    'An amount of machines is a whole number from 1 on, or a share of them above 0% such as `10%`; a wave can also be `rest`.',
  'invalid-endpoint':
    'The address is no https base such as `https://api.security.microsoft.com`; plain http is for this computer itself only.',
  'invalid-store':
    'The store is neither `local` nor the https address of a container, such as `https://acct.blob.core.windows.net/holdfast/emea`; plain http is for this computer itself only.',
  'secret-in-store':
    'The address of the store carries a SAS, a key or a login. Holdfast signs in to the store as it does to the service, so that no secret lies in a file. Remove it, and revoke what was shared.',
  'invalid-duration': 'A duration is a whole number and one of s, m, h, d, w, such as `12h` or `7d`.',
  'invalid-file-name':
    'A live response library file is named by letters, digits, `-`, `_` and `.`, at most 255 of them and without a folder.',
  'invalid-guid': 'The id is no GUID such as `80fe8ff8-2624-418e-9591-41f0491218f9`.',
  'invalid-list-line':
    'A line of a list file is one machine id or DNS name, whole, without blanks, wildcards or separators. `#` starts a comment.',
  'invalid-machine-id':
    'A machine id has hexadecimal digits only, usually 40, at most 64. A machine can be named by its `dnsName` instead.',
  'invalid-machine-name':
    'A DNS name is compared whole, so it has no blanks, wildcards or separators. Several names are a list; many machines are chosen by `tag`.',
  'invalid-name':
    'A name has 1 to 63 of a to z, 0 to 9 and `-`, so that it fits into the comment of every action.',
  'invalid-number':
    'The value is no whole number of at most nine digits in the range that makes sense there.',
  'invalid-sha1': 'A file is named by its SHA-1: 40 hexadecimal digits. Quarantining knows no other hash.',
  'invalid-share': 'A share is a percentage from 0% to 100%, such as `10%` or `2.5%`.',
  'invalid-time':
    'A time is a date (`2026-11-20`) or a date and time with an offset (`2026-11-20T10:00:00Z`).',
  'invalid-value': 'The value is none of those that are possible there. The message says which are.',
  'lift-after-undeclared':
    '`liftAfter` names a facet that `state` does not declare. Declare it, or remove it from `liftAfter`.',
  'lift-after-without-lift':
    '`liftAfter` has nothing to wait with: no hold of the policy is `false` or lifted by its expiry. Declare the lift, or remove `liftAfter`.',
  'missing-key': 'A key that is needed is not there. Add it.',
  'missing-without-name':
    '`missing` has no effect on an entry without `id`, `dnsName` or `list`. Remove it, or name machines.',
  'nested-too-deep': 'The document is nested deeper than any policy can be. Check brackets and indentation.',
  'name-taken':
    '`formerNames` or `sisters` list a name that is this configuration’s own, or stands there twice: whose the holds are would be open. Leave one of them out.',
  'no-document': 'The file holds no document. Write one, or remove the file.',
  'no-such-time': 'The date or the hour does not exist in the calendar. Check month, day and offset.',
  'not-text':
    'The file holds bytes that no YAML or list file has: it is binary, or not UTF-8. Save it as UTF-8 text.',
  'offboarded-needs-ids':
    'Offboarding is one way, so it takes entries that are `id` alone. Name the machines by id in a policy of their own.',
  'on-expiry-without-expires': '`onExpiry` has no effect without `expires`. Add the time, or remove it.',
  'required-by-configuration':
    'The policy lacks a key that `require` of the configuration demands of every policy. Add it.',
  'renew-before':
    '`renewBefore` stands where it cannot work: without `extends: true`, with `lasts: never`, or not shorter than `lasts`. Correct it or leave it out.',
  'rest-not-last':
    '`waves` ends in `rest`, and has it nowhere else: what no wave takes in would never be sent, and nothing is left after all the rest. Write `rest` as the last wave.',
  'several-documents': 'The configuration is one document. Remove the others.',
  'silent-without-waves':
    '`stopWhen.silent` is judged when a wave has ended, and after the only one nothing is left to stop. Write more than one wave, or leave `silent` out.',
  'time-without-offset':
    'A time without an offset means another moment in every place. Append `Z` for UTC, or an offset such as `+02:00`.',
  'too-many-problems': 'A file has more problems than are shown. Mend the first ones and look again.',
  'unknown-alias':
    'An alias refers to an anchor that is not defined before it. Define it, or write the value out.',
  'unknown-key':
    'The key is none of those that are known there. The message names the nearest and all that are possible.',
  'unsupported-key': 'A key is a plain text; this one is empty, a list or a map.',
  'unsupported-version': 'The format version is one that this build does not read. It reads 1.',
  'within-exceeds-lookback':
    '`within` reaches further back than the history that is read, so it could never be known to hold. Shorten it, or raise `history.lookback`.',
  'wrong-type':
    'The value has another shape than is expected there, such as a map where a list belongs. The message says which.',
  'yaml-syntax': 'The text is not YAML. The message says what is wrong at the place.',
  'yaml-tab': 'YAML does not take tabs for indentation. Use spaces.',
  'yaml-tag': 'Tags and directives give scalars other meanings than this format has. Remove them.',
} as const

/** A code of {@link SCHEMA_CODES}. */
export type SchemaCode = keyof typeof SCHEMA_CODES
