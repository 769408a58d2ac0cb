/** The result of `work`; null when the file system refuses. @throws whatever else goes wrong in it. */
export function attempt<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return null
  }
}
