import type { Locale } from './locale.ts'

const NOT_YOU = 'Если это были не вы, ничего делать не нужно: без кода ничего не произойдёт.'
const TELL_NOBODY = 'Никому не сообщайте этот код. Мы никогда его не спрашиваем.'
const RESET = 'Если это были не вы, сразу задайте новый пароль через «забыли пароль».'
const where = (device: string, country: string | null) => (country === null ? device : `${device}, ${country}`)

/** 1 минута, 2 минуты, 5 минут. */
const plural = new Intl.PluralRules('ru')
const counted = (count: number, one: string, few: string, many: string) =>
  `${count} ${{ one, few, many, other: few, zero: many, two: few }[plural.select(count)]}`
const minutesOf = (count: number) => counted(count, 'минуты', 'минут', 'минут')
const hoursOf = (count: number) => counted(count, 'часа', 'часов', 'часов')

export const ru: Locale = {
  language: 'ru',
  footer: (app) =>
    `Это письмо отправил ${app}, потому что с вашей учётной записью что-то произошло. Ответы никто не читает.`,
  mails: {
    welcome: (_, { app }) => ({
      subject: `Добро пожаловать в ${app}`,
      before: [`Ваша учётная запись ${app} готова.`, 'Если вы не регистрировались, кто-то указал ваш адрес по ошибке.'],
    }),
    verify_email: ({ minutes }, { app }) => ({
      subject: `Ваш код для ${app}`,
      before: [`Введите этот код, чтобы подтвердить адрес почты. Он действует в течение ${minutesOf(minutes)}.`],
      after: [TELL_NOBODY, NOT_YOU],
    }),
    reset_password: ({ minutes }, { app, linked }) => ({
      subject: `Новый пароль для ${app}`,
      before: [
        `Кто-то запросил новый пароль для вашей учётной записи. Введите этот код в течение ${minutesOf(minutes)}.`,
      ],
      link: 'Или задайте новый пароль здесь',
      after: [
        TELL_NOBODY,
        ...(linked ? ['Ссылка действует столько же, даже если код вводили неверно слишком часто.'] : []),
        'Если это были не вы, ничего делать не нужно: пароль останется прежним.',
      ],
    }),
    confirm_new_email: ({ minutes }, { app }) => ({
      subject: `Подтвердите новый адрес для ${app}`,
      before: [`Введите этот код, чтобы сделать этот адрес своим. Он действует в течение ${minutesOf(minutes)}.`],
      after: [TELL_NOBODY, NOT_YOU],
    }),
    email_change_begun: ({ hours }, { app }) => ({
      subject: `Адрес почты для ${app} скоро изменится`,
      before: ['Кто-то, кто знает ваш пароль, попросил изменить адрес почты вашей учётной записи.'],
      link: 'Это не я: остановить',
      after: [
        `Ссылка действует в течение ${hoursOf(hours)}, в том числе после изменения. Она завершает все сеансы и отменяет пароль.`,
      ],
    }),
    email_changed: ({ hours }, { app, linked }) => ({
      subject: `Адрес почты для ${app} изменён`,
      before: ['Адрес почты вашей учётной записи изменён.'],
      link: 'Это не я: вернуть',
      ...(linked && {
        after: [`Ссылка действует в течение ${hoursOf(hours)}. Она завершает все сеансы и отменяет пароль.`],
      }),
    }),
    email_change_stopped: (_, { app }) => ({
      subject: `Изменение адреса почты для ${app} остановлено`,
      before: [
        'Этот адрес снова принадлежит вашей учётной записи. Все сеансы завершены, пароль больше не действует.',
        'Задайте новый пароль через «забыли пароль».',
      ],
    }),
    address_taken: (_, { app }) => ({
      subject: `У вас уже есть учётная запись ${app}`,
      before: [
        'Кто-то пытался зарегистрироваться с вашим адресом почты, но учётная запись с ним уже есть.',
        'Если это были вы, войдите или задайте новый пароль через «забыли пароль». Если нет, ничего делать не нужно.',
      ],
    }),
    password_changed: ({ at }, { app, date }) => ({
      subject: `Пароль для ${app} изменён`,
      before: [`Ваш пароль изменён: ${date(at)}. Все остальные сеансы завершены.`, RESET],
    }),
    password_reset: ({ at }, { app, date }) => ({
      subject: `Пароль для ${app} сброшен`,
      before: [`Задан новый пароль: ${date(at)}. Все сеансы завершены.`, RESET],
    }),
    new_device: ({ at, device, country }, { app, date }) => ({
      subject: `Новый вход в ${app}`,
      before: [`В вашу учётную запись вошли: ${date(at)}, ${where(device, country)}.`, RESET],
    }),
    session_evicted: ({ at, device }, { app, date }) => ({
      subject: `Сеанс ${app} завершён`,
      before: [
        `Достигнут предел числа сеансов, поэтому самый старый завершён: ${date(at)}, ${device}.`,
        'Мы сообщаем об этом не чаще раза в день.',
        RESET,
      ],
    }),
    account_deleted: ({ at }, { app, date }) => ({
      subject: `Учётная запись ${app} удалена`,
      before: [`Ваша учётная запись удалена: ${date(at)}. Отменить это нельзя.`],
    }),
  },
}
