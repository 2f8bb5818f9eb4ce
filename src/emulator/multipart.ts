import type { EmulatorRequest } from './exchange.ts'

/** A file of a form. */
export interface FormFile {
  readonly name: string
  readonly content: Buffer
}

/** The fields of a `multipart/form-data` body by name in lower case: text, or a file. */
export type Form = ReadonlyMap<string, string | FormFile>

/** Says whether a request brings a form, which has to be read before anything can answer it. */
export function bringsForm({ headers }: EmulatorRequest): boolean {
  return /^multipart\/form-data\b/i.test(contentTypeOf(headers))
}

/** Reads the form of a request; undefined where the body is not one. */
export async function readForm({ headers, body = '' }: EmulatorRequest): Promise<Form | undefined> {
  const sent = new Response(new Uint8Array(Buffer.from(body)), {
    headers: { 'content-type': contentTypeOf(headers) },
  })
  try {
    return new Map(await Promise.all([...(await sent.formData())].map(readField)))
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

async function readField([name, value]: [string, string | File]): Promise<[string, string | FormFile]> {
  const field = name.toLowerCase()
  if (typeof value === 'string') return [field, value]
  return [field, { name: value.name, content: Buffer.from(await value.arrayBuffer()) }]
}

function contentTypeOf(headers: EmulatorRequest['headers']): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return typeof found === 'string' ? found : ''
}
