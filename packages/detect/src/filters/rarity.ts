/**
 * How surprising each letter is after the one before it in the words of programs, in half bits, base 36: 26 columns for the letter, a row for each
 * predecessor and a last one for the start of a word. Counted over the identifiers of TypeScript sources.
 */
const halfBits =
  'ma88keaq9pf686ybs685becebm6jem5onn88j5hp6jsc9h7umr9q7icj6ps6cs98jn4jr9d5aoozgx6kla2ihj6mjbih7era7hajoidz8h87daeigjnaa6gce578jbe8bq' +
  '6ofm78ou4ztapb6uz6db7zvqcxalfr3m986snaf8afq899aisthl5nsi2xum6xmhel7puai8ezxxftbd98abasluh8946cjb77obxiyd9ohj2tqqntfoto6qoo4nbnfoto' +
  'edec1lgp6wogo7lfri6kepkwhw7dma4hgj6zk6kk7gxj987ejt9u57ok4ooz7rjbcb85snaf9vuoht9n767d6lbocbhd8fnk659eqrcrdaa9hdevbme974a8z5ba8d9gkm' +
  '6jje5lieayf8nm5bp6979lptgzorkurruupuu8upnkuklo0olrur7fdc4ddt7zdeda5iu9a7bcix9zaoam4ho97qfegg9agf739lfjbz7lce5el55voefk8cg79baigk8o' +
  'cbcd6beybyw675jaz676ipzkzo4tnr2rlq6tyqpr6pypmmgtovov5qsi7pj54xlgu77ex89jqxcntx9pal9hrm9uxmfke2unk3pmqmfucedcbiipcwtab692wf77qtbtlk' +
  '7rrg1rrm7lockl8orrcrirmkcd8a7988db9gdaa998e876abalim'

const WORD_START = 26
const DIGIT_BITS = 4

/**
 * Mean surprise of a text in bits per character, reading letters as words of a program: about 3 to 4 for names and prose, above 5 for what was drawn at
 * random. A change to upper case starts a word; a digit counts 4 bits; other characters separate.
 */
export function surpriseBits(text: string): number {
  let bits = 0
  let counted = 0
  let previous = WORD_START
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i)
    const isUpper = byte >= 0x41 && byte <= 0x5a
    const letter = isUpper ? byte - 0x41 : byte >= 0x61 && byte <= 0x7a ? byte - 0x61 : -1
    if (letter < 0) {
      if (byte >= 0x30 && byte <= 0x39) {
        bits += DIGIT_BITS
        counted++
      }
      previous = WORD_START
      continue
    }
    const before = text.charCodeAt(i - 1)
    if (isUpper && !(before >= 0x41 && before <= 0x5a)) previous = WORD_START
    bits += Number.parseInt(halfBits[previous * 26 + letter]!, 36) / 2
    counted++
    previous = letter
  }
  return counted === 0 ? 0 : bits / counted
}
