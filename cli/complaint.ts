/** Thrown for what the reader can put right: shown as one sentence, without a stack. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
}
