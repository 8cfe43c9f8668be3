/** The terminal that the runner prints to, and its clock. */
export const terminal = {
  colours: process.stdout.isTTY === true && !process.env.NO_COLOR,
  now: () => new Date(),
}
