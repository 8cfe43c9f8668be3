/** Ten digits fill 250 of a byte's 256 values: the other six would make some digits likelier (an advisory of openauth). */
const FAIR = 250

type Random = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array

export function newDigits(length: number, random: Random = (bytes) => crypto.getRandomValues(bytes)): string {
  let digits = ''
  while (digits.length < length) {
    for (const byte of random(new Uint8Array(length * 2))) {
      if (byte < FAIR && digits.length < length) digits += String(byte % 10)
    }
  }
  return digits
}
