/** A row that is not what the service documents. Its message names the field, never the value. */
export class MalformedRow extends Error {
  override readonly name = 'MalformedRow'
}
