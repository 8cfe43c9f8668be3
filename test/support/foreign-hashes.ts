export const PASSWORD = 'Grüße, 密码 🦩'

/** All of the same password, made by bcrypt 5.0.0, argon2-cffi 25.1.0, Django 5.2.19 and passlib 1.7.4 for Python. */
export const FOREIGN = [
  ['bcrypt 2b', '$2b$04$bGBAYE1MNP3HpcAU.iL8D.lYbkNLRaK.K4cHfKJAeVl5hwXbINZuW'],
  ['bcrypt 2a', '$2a$05$wNN7VSdvB5N4kKg2O63Pm.Ibe98L1RxCOzuWYgdT6YqxFf0Caja9G'],
  ['bcrypt 2y', '$2y$06$GUS5I9ufeyzQ7XWoYVbhsOOKMMqjKRhFHNakIu1FiCe7Mz.aeghAe'],
  ['bcrypt at cost 12', '$2b$12$VZAS7HGJuuuaatwr99Ftnu6jZROzDPfgezgp9j5LqXuvcGmOwHvUK'],
  ['argon2id', '$argon2id$v=19$m=256,t=2,p=2$3zUfuxfC1+7frDwwJmIYJQ$h9bpFFfyKGeVaz/2no7lCPuQPhYFwNeDTXNjPwv1FHQ'],
  [
    'argon2id of passlib',
    '$argon2id$v=19$m=1024,t=3,p=1$irHW2jvnHKMUAkAoJeQ8hw$qxyXtoj6NcxDyCFlmhIcXPNY2yDwaXen0p+PNjXjV64',
  ],
  ['argon2id of version 1.0', '$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$jGATX5TfE3tmUqssuqLRsz/gbOJYeBbF'],
  [
    'argon2id of 64 MiB',
    '$argon2id$v=19$m=65536,t=3,p=4$F9yntXJ1SKL72dEp53AvPw$+uLO32nU4AW7mzYiB770oh3R5dBHrNEB6JgupPhZI+E',
  ],
  ['PBKDF2 of Django', 'pbkdf2_sha256$1000$seasoning1234567890AB$Op8jda04stNMZdv3kneXhtGqIotzG6DjEJIRUzIaLWs='],
  ['PBKDF2 of Django, SHA-1', 'pbkdf2_sha1$1000$NaCl$0LuWrFCOF/F5nVbX5w2yhGLC2Cs='],
  ['PBKDF2 of passlib', '$pbkdf2-sha256$29000$GOM8J0RozVkrhRDC.N8bIw$DPpyty3TPqRmlqsRB/gOmTu2ie75E1x2ra38EMpSIdI'],
  [
    'PBKDF2 of passlib, SHA-512',
    '$pbkdf2-sha512$25000$qZXy/t.7954zRsj5n5OScg$QbW/BukRdEuS/YBoIyXIcOVlz6jogrkXCwKsshmFAiTH82Wg0pgjErXSj7WxbSXVTGQA62h27/nDmwiOvyPEQg',
  ],
  ['PBKDF2 of passlib, SHA-1', '$pbkdf2$29000$8h7jXOtdyxljrDUmRKjV2g$XInt3ne96aN.lI/wg7pVcxhqAoI'],
  ['scrypt of passlib', '$scrypt$ln=10,r=8,p=1$AgCgtPa+957TOocwplQKYQ$wNF1ika+lYp4mM700geL9ZcECzOP+sR3ltB2/Nc3jnw'],
  [
    'scrypt of passlib, 64 MiB',
    '$scrypt$ln=16,r=8,p=1$BACglJISYqxVSokxxriXUg$jl5aXY7Z9a7Rcs9CJYefJGQVJVV2RRZU5NACC3sAvOU',
  ],
] as const
