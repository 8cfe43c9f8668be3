/** The scripts with letters or numbers that Unicode 17 knows, by ISO 15924 code, the most usual first. */
const SCRIPTS =
  'Latn Cyrl Hani Hang Grek Arab Hebr Deva Beng Thai Hira Kana Geor Armn Ethi Taml Telu Khmr Mymr Sinh Gujr Guru ' +
  'Knda Mlym Orya Laoo Tibt Mong Adlm Aghb Ahom Armi Avst Bali Bamu Bass Batk Berf Bhks Bopo Brah Bugi Buhd Cakm ' +
  'Cans Cari Cham Cher Chrs Copt Cpmn Cprt Diak Dogr Dsrt Dupl Egyp Elba Elym Gara Glag Gong Gonm Goth Gran Gukh ' +
  'Hano Hatr Hluw Hmng Hmnp Hung Ital Java Kali Kawi Khar Khoj Kits Krai Kthi Lana Lepc Limb Lina Linb Lisu Lyci ' +
  'Lydi Mahj Maka Mand Mani Marc Medf Mend Merc Mero Miao Modi Mroo Mtei Mult Nagm Nand Narb Nbat Newa Nkoo Nshu ' +
  'Ogam Olck Onao Orkh Osge Osma Ougr Palm Pauc Perm Phag Phli Phlp Phnx Prti Rjng Rohg Runr Samr Sarb Saur Shaw ' +
  'Shrd Sidd Sidt Sind Sogd Sogo Sora Soyo Sund Sunu Sylo Syrc Tagb Takr Tale Talu Tang Tavt Tayo Tfng Tglg Tirh ' +
  'Tnsa Todr Tols Toto Tutg Ugar Vaii Vith Wara Wcho Xpeo Xsux Yezi Yiii Zanb'

/** UTS 39, section 5.1: writing systems that are made of several scripts count as one. */
const WRITING_SYSTEMS = [
  ['Hani', 'Hira', 'Kana'],
  ['Hani', 'Bopo'],
  ['Hani', 'Hang'],
]

// What no script owns (digits, dot, hyphen: Zyyy) or what follows its neighbour (Zinh) goes with every script.
const NEUTRAL = /[\p{Script_Extensions=Zyyy}\p{Script_Extensions=Zinh}]/gu

const candidates = [...SCRIPTS.split(' ').map((script) => [script]), ...WRITING_SYSTEMS]

// A pattern is compiled when it is first needed, because nearly every name is settled by the first few.
const patterns: RegExp[] = []

const patternOf = (scripts: string[]) =>
  new RegExp(`^[${scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('')}]*$`, 'u')

/** Is there one script, or one writing system, to which every character belongs (UTS 39 "single script")? */
export function isOfOneScript(text: string): boolean {
  const telling = text.replace(NEUTRAL, '')
  return candidates.some((scripts, at) => {
    patterns[at] ??= patternOf(scripts)
    return patterns[at].test(telling)
  })
}
