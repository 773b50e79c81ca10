// Names as they stand in Kazakh and Russian identity papers: surname, given name, patronymic. Decides which names exist in the
// demo network; nobody real is meant.

import type { Draws } from './draw';

export type Sex = 'MALE' | 'FEMALE';

/** A full name: surname, given name, patronymic (a few people have none). */
export function personName(draws: Draws, sex: Sex, birthYear: number): string {
  if (draws.chance(0.72)) return kazakhName(draws, sex, birthYear);
  return russianName(draws, sex);
}

/** The name of a company in the business of `trade`, with its legal form. */
export function companyName(draws: Draws, trade: readonly string[]): string {
  return `ТОО «${draws.pick(COMPANY_WORDS)} ${draws.pick(trade)}»`;
}

function kazakhName(draws: Draws, sex: Sex, birthYear: number): string {
  const surname = draws.pick(KAZAKH_SURNAMES) + (sex === 'MALE' ? '' : 'а');
  const given = draws.pick(sex === 'MALE' ? KAZAKH_MEN : KAZAKH_WOMEN);
  const father = draws.pick(KAZAKH_FATHERS);
  // The younger the bearer, the more often the patronymic is the Kazakh one.
  const kazakhShare = birthYear < 1975 ? 0.05 : birthYear < 1992 ? 0.3 : 0.7;
  if (draws.chance(0.03)) return `${surname} ${given}`;
  if (draws.chance(kazakhShare)) return `${surname} ${given} ${father}${sex === 'MALE' ? 'ұлы' : 'қызы'}`;
  return `${surname} ${given} ${russianPatronymic(father, sex)}`;
}

function russianName(draws: Draws, sex: Sex): string {
  const surname = draws.pick(RUSSIAN_SURNAMES);
  const given = draws.pick(sex === 'MALE' ? RUSSIAN_MEN : RUSSIAN_WOMEN);
  const [male, female] = draws.pick(RUSSIAN_PATRONYMICS);
  return `${sex === 'MALE' ? surname : feminine(surname)} ${given} ${sex === 'MALE' ? male : female}`;
}

function feminine(surname: string): string {
  if (surname.endsWith('ский')) return `${surname.slice(0, -2)}ая`;
  return /(ов|ев|ин)$/.test(surname) ? `${surname}а` : surname;
}

/** After a soft ending the patronymic has е, else о; й and ь give way. */
function russianPatronymic(father: string, sex: Sex): string {
  const tail = sex === 'MALE' ? 'вич' : 'вна';
  if (/[йь]$/.test(father)) return `${father.slice(0, -1)}е${tail}`;
  return `${father}о${tail}`;
}

// biome-ignore format: lists of words read better as paragraphs.
const KAZAKH_SURNAMES = [
  'Абдрахманов', 'Абенов', 'Айтжанов', 'Алимбеков', 'Аманжолов', 'Ахметов', 'Әбдіқадыров', 'Әлімжанов', 'Байжанов', 'Бейсенов',
  'Бекмұхамбетов', 'Бердібаев', 'Дауренбеков', 'Досмағамбетов', 'Ержанов', 'Есенов', 'Ескендіров', 'Жақсыбеков', 'Жумабаев', 'Жүнісов',
  'Ибраев', 'Искаков', 'Кайратов', 'Калиев', 'Касымов', 'Кенжебеков', 'Көшербаев', 'Қасенов', 'Құрманғалиев', 'Мамытов', 'Масимов',
  'Мұқанов', 'Мұсабаев', 'Нурланов', 'Нұрғалиев', 'Нұрпейісов', 'Омаров', 'Оразбаев', 'Өтегенов', 'Рахимбаев', 'Рысбеков', 'Сагинтаев',
  'Садыков', 'Сарсенбаев', 'Сатыбалдиев', 'Сейітов', 'Смагулов', 'Сұлтанов', 'Тлеубердин', 'Тілеужанов', 'Төлегенов', 'Тұрсынов',
  'Уалиханов', 'Утепов', 'Үсенов', 'Хамитов', 'Шаймерденов', 'Шәріпов', 'Шегиров', 'Ысқақов',
] as const;
// biome-ignore format: as above.
const KAZAKH_MEN = [
  'Абай', 'Айдар', 'Айдос', 'Алдияр', 'Алибек', 'Алмас', 'Арман', 'Асқар', 'Әділ', 'Әлихан', 'Бауыржан', 'Бейбіт', 'Берік', 'Болат', 'Ғалым',
  'Дамир', 'Данияр', 'Дархан', 'Дәулет', 'Дидар', 'Елдос', 'Ербол', 'Ерлан', 'Ернар', 'Жандос', 'Жанибек', 'Жасұлан', 'Ілияс', 'Қайрат',
  'Қанат', 'Қуаныш', 'Марат', 'Мақсат', 'Мейрам', 'Мирас', 'Нұржан', 'Нұрлан', 'Нұрсұлтан', 'Олжас', 'Өркен', 'Рауан', 'Рустем', 'Санжар',
  'Сәкен', 'Серік', 'Тимур', 'Талғат', 'Темірлан', 'Шыңғыс', 'Ынтымақ',
] as const;
// biome-ignore format: as above.
const KAZAKH_WOMEN = [
  'Айару', 'Айгерім', 'Айгүл', 'Айжан', 'Айнұр', 'Айым', 'Ақбота', 'Ақмарал', 'Алия', 'Алтынай', 'Анар', 'Аружан', 'Асель', 'Әсем', 'Ботагөз',
  'Гаухар', 'Гүлмира', 'Гүлнар', 'Дана', 'Динара', 'Жанар', 'Жанат', 'Жанна', 'Жібек', 'Зарина', 'Зәуре', 'Індира', 'Қарлығаш', 'Камила',
  'Лаура', 'Ләззат', 'Мадина', 'Маржан', 'Меруерт', 'Назгүл', 'Назерке', 'Нұргүл', 'Перизат', 'Раушан', 'Сабина', 'Сандуғаш', 'Самал', 'Сәуле',
  'Тогжан', 'Толғанай', 'Ұлжан', 'Шолпан', 'Шынар', 'Жұлдыз', 'Іңкәр',
] as const;
// biome-ignore format: as above.
const KAZAKH_FATHERS = [
  'Абай', 'Айдар', 'Амангельды', 'Аскар', 'Ахмет', 'Багдат', 'Бақыт', 'Бауыржан', 'Берик', 'Болат', 'Ғабит', 'Дәулет', 'Ержан', 'Ерлан', 'Жаксылык',
  'Жанибек', 'Жомарт', 'Кайрат', 'Қайрат', 'Канат', 'Қуат', 'Мақсұт', 'Марат', 'Мурат', 'Мұхтар', 'Нурлан', 'Нұржан', 'Оразбек', 'Рахат',
  'Сапар', 'Сәбит', 'Серик', 'Серік', 'Талғат', 'Толеген', 'Тұрсын', 'Хамит', 'Шаймерден',
] as const;
// biome-ignore format: as above.
const RUSSIAN_SURNAMES = [
  'Иванов', 'Петров', 'Сидоренко', 'Кузнецов', 'Попов', 'Васильев', 'Соколов', 'Михайлов', 'Новиков', 'Фёдоров', 'Морозов', 'Волков', 'Алексеев',
  'Лебедев', 'Семёнов', 'Егоров', 'Павлов', 'Козлов', 'Степанов', 'Николаев', 'Орлов', 'Андреев', 'Макаров', 'Никитин', 'Захаров', 'Зайцев',
  'Соловьёв', 'Борисов', 'Яковлев', 'Григорьев', 'Романов', 'Воробьёв', 'Сергеев', 'Кравченко', 'Шевченко', 'Бондаренко', 'Ковальский', 'Шмидт',
  'Вебер', 'Ким', 'Пак', 'Цой', 'Хабибуллин', 'Юсупов', 'Исмаилов', 'Литвин',
] as const;
// biome-ignore format: as above.
const RUSSIAN_MEN = [
  'Александр', 'Алексей', 'Андрей', 'Антон', 'Артём', 'Борис', 'Вадим', 'Валерий', 'Виктор', 'Виталий', 'Владимир', 'Геннадий', 'Денис', 'Дмитрий',
  'Евгений', 'Игорь', 'Кирилл', 'Максим', 'Михаил', 'Никита', 'Николай', 'Олег', 'Павел', 'Роман', 'Руслан', 'Сергей', 'Станислав', 'Юрий',
] as const;
// biome-ignore format: as above.
const RUSSIAN_WOMEN = [
  'Александра', 'Алина', 'Алла', 'Анастасия', 'Анна', 'Валентина', 'Вера', 'Виктория', 'Галина', 'Дарья', 'Екатерина', 'Елена', 'Жанна', 'Зоя',
  'Инна', 'Ирина', 'Ксения', 'Лариса', 'Людмила', 'Марина', 'Мария', 'Надежда', 'Наталья', 'Оксана', 'Ольга', 'Полина', 'Светлана', 'Татьяна', 'Юлия',
] as const;
// biome-ignore format: as above.
const RUSSIAN_PATRONYMICS: readonly (readonly [male: string, female: string])[] = [
  ['Александрович', 'Александровна'], ['Алексеевич', 'Алексеевна'], ['Анатольевич', 'Анатольевна'], ['Андреевич', 'Андреевна'],
  ['Борисович', 'Борисовна'], ['Валерьевич', 'Валерьевна'], ['Викторович', 'Викторовна'], ['Владимирович', 'Владимировна'],
  ['Геннадьевич', 'Геннадьевна'], ['Дмитриевич', 'Дмитриевна'], ['Евгеньевич', 'Евгеньевна'], ['Иванович', 'Ивановна'],
  ['Игоревич', 'Игоревна'], ['Михайлович', 'Михайловна'], ['Николаевич', 'Николаевна'], ['Олегович', 'Олеговна'],
  ['Павлович', 'Павловна'], ['Петрович', 'Петровна'], ['Сергеевич', 'Сергеевна'], ['Юрьевич', 'Юрьевна'],
];
// biome-ignore format: as above.
const COMPANY_WORDS = [
  'Алатау', 'Асыл', 'Байтерек', 'Барыс', 'Бастау', 'Дала', 'Жетісу', 'Жібек', 'Көктем', 'Қазына', 'Мирас', 'Нұр', 'Орда', 'Самал', 'Сарыарқа',
  'Тұран', 'Тұлпар', 'Хан-Тәңірі', 'Шаңырақ', 'Есіл', 'Ертіс', 'Каспий', 'Медеу', 'Отырар',
] as const;
