/** What a warming that was broken off had done. It may have forgotten anything. */
export interface WarmState {
  /** `HOST/REPOSITORY@DIGEST` of blobs that were read to their end, a short while ago. */
  done(): Promise<Set<string>>
  /** Notes one more; where that cannot be written the next run does it again. */
  note(blob: string): Promise<void>
  /** Nothing is left to be resumed. */
  forget(): Promise<void>
}
