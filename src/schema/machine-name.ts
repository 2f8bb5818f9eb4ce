/**
 * The form in which names and ids of machines are compared: without blanks around, without the dot that ends an absolute
 * name, in lower case (docs/contract.md#normal-names).
 */
export function normalName(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '')
}

/** The form in which the texts of selectors, such as tags, are compared: without blanks around, in lower case. */
export function normalText(text: string): string {
  return text.trim().toLowerCase()
}
