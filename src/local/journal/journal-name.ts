import type { Instant } from '../../schema/instant.ts'

/** How much of a plan's id stands in the names of its files. */
const ID_DIGITS = 16

/** The part of a plan's id that names its files. */
export function planDigits(planId: string): string {
  return planId.replace(/^sha256:/, '').slice(0, ID_DIGITS)
}

/** Names the journal of one run: when it began, its plan, and something that no other run has. */
export function journalName(begun: Instant, planId: string, unique: string): string {
  return `${stamp(begun)}-${planDigits(planId)}-${unique}.jsonl`
}

/** `2026-11-20T10:00:00.1234567Z` as `20261120T100000Z`, so that names sort by time. */
function stamp(instant: Instant): string {
  return `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`
}

const JOURNAL = /^\d{8}T\d{6}Z-([0-9a-f]{16})-[0-9a-f]{8}\.jsonl$/
const PLAN = /^([0-9a-f]{16})\.plan$/

/** The digits of the plan whose journal a file is; undefined where it is none. */
export function planOfJournal(name: string): string | undefined {
  return JOURNAL.exec(name)?.[1]
}

/** Names the file in which the plan of a run is kept. */
export function keptPlanName(planId: string): string {
  return `${planDigits(planId)}.plan`
}

/** The digits of the plan that a file keeps; undefined where it is none. */
export function planOfKept(name: string): string | undefined {
  return PLAN.exec(name)?.[1]
}
