import type { ReportFormat } from '../report-formats.ts'
import { serializeDocument } from './serialize-document.ts'

/** The documents themselves. */
export const JSON_FORMAT: ReportFormat = {
  plan: serializeDocument,
  drift: serializeDocument,
  result: serializeDocument,
}
